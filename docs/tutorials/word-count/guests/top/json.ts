/** Just enough JSON to read this agent's input where it lies: walk an object's members, read an integer. */
export class JsonReader {
  /** The key that nextKey() found: its first byte, and the one after its last. */
  keyStart: usize = 0;
  keyEnd: usize = 0;

  constructor(private at: usize, private end: usize) {}

  /** A reader at the value of the member `name` of the object between `start` and `end`. */
  static member(start: usize, end: usize, name: string): JsonReader {
    const reader = new JsonReader(start, end);
    reader.enter();
    while (reader.nextKey()) {
      if (String.UTF8.decodeUnsafe(reader.keyStart, reader.keyEnd - reader.keyStart) == name) {
        return reader;
      }
      reader.skipValue();
    }
    throw new Error("the input lacks " + name);
  }

  /** Into the object that starts here. */
  enter(): void {
    this.expect(0x7b); // {
  }

  /** To the value of the object's next member; false when it has no more. */
  nextKey(): bool {
    if (this.peek() == 0x2c) this.at++; // ,
    if (this.peek() == 0x7d) return false; // }
    this.expect(0x22); // "
    this.keyStart = this.at;
    this.skipString();
    this.keyEnd = this.at - 1;
    this.expect(0x3a); // :
    return true;
  }

  /** The whole number, zero or more, that starts here. */
  integer(): i64 {
    let number: i64 = 0;
    let digits = 0;
    for (let c = this.peek(); c >= 0x30 && c <= 0x39; c = this.byte()) {
      number = number * 10 + (c - 0x30);
      assert(++digits <= 16, "a number in the input is too large");
      this.at++;
    }
    const c = this.byte();
    assert(digits > 0 && c != 0x2e && (c | 0x20) != 0x65, "expected a whole number, zero or more"); // . e
    return number;
  }

  /** Past the value that starts here, of any kind. Brackets are counted, not matched: the host gives valid JSON. */
  private skipValue(): void {
    let depth = 0;
    for (let c = this.peek(); depth > 0 || (c != 0x2c && c != 0x7d); c = this.peek()) {
      this.at++;
      if (c == 0x22) this.skipString();
      else if (c == 0x7b || c == 0x5b) depth++; // { [
      else if (c == 0x7d || c == 0x5d) depth--; // } ]
    }
  }

  /** Past the closing quote of the string whose opening quote is behind. */
  private skipString(): void {
    for (let c = this.byte(); c != 0x22; c = this.byte()) {
      this.at += c == 0x5c ? 2 : 1; // \
    }
    this.at++;
  }

  private expect(c: i32): void {
    assert(this.peek() == c, "unexpected character in the input");
    this.at++;
  }

  /** The next byte that is no white space. */
  private peek(): i32 {
    let c = this.byte();
    while (c == 0x20 || (c >= 0x09 && c <= 0x0d)) {
      this.at++;
      c = this.byte();
    }
    return c;
  }

  private byte(): i32 {
    assert(this.at < this.end, "the input ends too early");
    return load<u8>(this.at);
  }
}
