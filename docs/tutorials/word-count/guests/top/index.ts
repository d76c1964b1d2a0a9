/**
 * The most frequent words, and how many there are.
 *
 *   input   {"counts": {"a": 13408, "abandon": 5, …}, "limit": 10}
 *   output  {"total_words": 729254, "distinct_words": 13719, "top": [{"word": "the", "count": 26352}, …]}
 *
 * An agent of kind "memory delivery": the host calls alloc(), writes the input there, calls run()
 * and reads the output where run() says. It asks the host for nothing, but for a place to complain.
 */
import "./abort"; // the build makes it the abort() of throw and assert
import { JsonReader } from "./json";
import { Ranking } from "./ranking";

const MOST_WORDS: i64 = 1000;

/** Room for the input. It is never given back: an instance lives for one task. */
export function alloc(length: i32): usize {
  return heap.alloc(length);
}

export function run(input: usize, length: i32): i64 {
  const end = input + length;

  const limit = JsonReader.member(input, end, "limit").integer();
  assert(limit >= 1 && limit <= MOST_WORDS, "limit must be 1 to 1000");

  const ranking = new Ranking(<i32>limit);
  const counts = JsonReader.member(input, end, "counts");
  counts.enter();
  while (counts.nextKey()) {
    ranking.add(counts.keyStart, counts.keyEnd, counts.integer());
  }

  const output = String.UTF8.encode(ranking.toJson());
  return (<i64>changetype<usize>(output) << 32) | <i64>output.byteLength;
}
