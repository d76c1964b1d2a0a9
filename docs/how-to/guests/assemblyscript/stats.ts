/** Answers count, sum, least and greatest of the numbers that are its input. */
import "./abort"; // the build makes it the abort() of throw and assert

/** Called by the host: room for the input. Nothing is given back, an instance lives for one task. */
export function alloc(length: i32): usize {
  return heap.alloc(length);
}

/** Called by the host with the input; answers where the output is: its place, then its length. */
export function run(input: usize, length: i32): i64 {
  const text = String.UTF8.decodeUnsafe(input, length).trim();
  assert(text.startsWith("[") && text.endsWith("]"), "the input must be a list of numbers");
  const parts = text.substring(1, text.length - 1).split(",");

  let sum = 0.0;
  let min = Infinity;
  let max = -Infinity;
  for (let i = 0; i < parts.length; i++) {
    const number = parseFloat(parts[i].trim());
    assert(!isNaN(number), "the input must be a list of numbers");
    sum += number;
    min = Math.min(min, number);
    max = Math.max(max, number);
  }

  const output = String.UTF8.encode(
    `{"count":${parts.length},"sum":${plain(sum)},"min":${plain(min)},"max":${plain(max)}}`,
  );
  return (<i64>changetype<usize>(output) << 32) | <i64>output.byteLength;
}

/** 6 instead of 6.0, as other languages write it. */
function plain(number: f64): string {
  const text = number.toString();
  return text.endsWith(".0") ? text.substring(0, text.length - 2) : text;
}
