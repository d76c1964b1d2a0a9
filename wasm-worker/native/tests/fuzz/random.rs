//! Randomness that can be had again, and what it does to bytes.

/// Choices that are given, by a fuzzer that looks for those which lead to new code, and then SplitMix64.
pub struct Random {
    given: std::vec::IntoIter<u8>,
    state: u64,
}

/// Numbers at which things tend to go wrong.
const EDGES: [u64; 14] = [
    0,
    1,
    7,
    8,
    0x7f,
    0xffff,
    0x1_0000,
    0x1_ffff,
    0x2_0000,
    0x7fff_ffff,
    0x8000_0000,
    0xffff_fff8,
    0xffff_ffff,
    u64::MAX,
];

/// A seed that was not there before.
pub fn new_seed() -> u64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    since.as_nanos() as u64 >> 8
}

impl Random {
    pub fn new(seed: u64) -> Self {
        Self { given: Vec::new().into_iter(), state: seed }
    }

    /// One byte decides a choice of up to 256, up to eight decide a number; what follows when they are used up depends
    /// on all of them.
    pub fn given(choices: &[u8]) -> Self {
        let seed = choices.iter().fold(0, |seed: u64, byte| seed.wrapping_mul(31).wrapping_add(u64::from(*byte)));
        Self { given: Vec::from(choices).into_iter(), state: seed }
    }

    pub fn next(&mut self) -> u64 {
        if self.given.len() > 0 {
            return self.given.by_ref().take(8).fold(0, |number, byte| (number << 8) | u64::from(byte));
        }
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A choice, from 0 to less than `bound`.
    pub fn below(&mut self, bound: usize) -> usize {
        let bound = bound.max(1);
        let given = if bound <= 256 { self.given.next() } else { None };
        match given {
            Some(byte) => usize::from(byte) % bound,
            None => (self.next() % bound as u64) as usize,
        }
    }

    /// A number near an edge as often as not.
    pub fn number(&mut self) -> u64 {
        match self.below(4) {
            0 => self.next(),
            1 => self.next() % 70_000,
            2 => EDGES[self.below(EDGES.len())],
            _ => EDGES[self.below(EDGES.len())].wrapping_add(self.next() % 33).wrapping_sub(16),
        }
    }

    /// One of the seeds with some of its bytes changed.
    pub fn mutated(&mut self, seeds: &[Vec<u8>]) -> Vec<u8> {
        let mut bytes = seeds[self.below(seeds.len())].clone();
        for _ in 0..=self.below(6) {
            let other = &seeds[self.below(seeds.len())];
            self.mutate(&mut bytes, other);
        }
        bytes
    }

    fn mutate(&mut self, bytes: &mut Vec<u8>, other: &[u8]) {
        if bytes.is_empty() {
            return;
        }
        // The preamble stays as it is most of the time: there is little behind a wrong one.
        let first = if bytes.len() > 8 && self.below(20) > 0 { 8 } else { 0 };
        let at = first + self.below(bytes.len() - first);
        let end = (at + 1 + self.below(16)).min(bytes.len());
        match self.below(8) {
            0 => bytes[at] ^= 1 << self.below(8),
            1 => bytes[at] = self.next() as u8,
            2 => bytes[at] = [0, 0x7f, 0x80, 0xff, 0x41, 0x0b][self.below(6)],
            3 => bytes.insert(at, self.next() as u8),
            4 => drop(bytes.drain(at..end)),
            5 => {
                let copied = bytes[at..end].to_vec();
                let to = first + self.below(bytes.len() - first);
                bytes.splice(to..to, copied);
            }
            6 => {
                let from = self.below(other.len());
                let until = (from + 1 + self.below(64)).min(other.len());
                bytes.splice(at..end, other[from..until].iter().copied());
            }
            // A length that is more than there is.
            _ => drop(bytes.splice(at..=at, [0xff, 0xff, 0xff, 0xff, 0x0f])),
        }
    }
}
