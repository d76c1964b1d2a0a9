class Entry {
  constructor(public word: string, public count: i64) {}
}

/** Keeps the `limit` most frequent words; equally frequent ones in the order of their bytes. */
export class Ranking {
  private totalWords: i64 = 0;
  private distinctWords: i32 = 0;
  private top: Entry[] = [];

  constructor(private limit: i32) {}

  add(wordStart: usize, wordEnd: usize, count: i64): void {
    this.totalWords += count;
    this.distinctWords++;
    if (this.top.length == this.limit && count < this.top[this.limit - 1].count) return;

    const entry = new Entry(String.UTF8.decodeUnsafe(wordStart, wordEnd - wordStart), count);
    let place = this.top.length;
    this.top.push(entry);
    while (place > 0 && this.isBefore(entry, this.top[place - 1])) {
      this.top[place] = this.top[place - 1];
      this.top[--place] = entry;
    }
    if (this.top.length > this.limit) this.top.pop();
  }

  toJson(): string {
    let entries = "";
    for (let i = 0; i < this.top.length; i++) {
      const entry = this.top[i];
      entries += (i ? "," : "") + `{"word":"${entry.word}","count":${entry.count}}`;
    }
    return `{"total_words":${this.totalWords},"distinct_words":${this.distinctWords},"top":[${entries}]}`;
  }

  private isBefore(a: Entry, b: Entry): bool {
    return a.count > b.count || (a.count == b.count && a.word < b.word);
  }
}
