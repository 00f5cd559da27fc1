package dev.rollcall.icmp;

/// SipHash-2-4 of one 64-bit word: a number that nobody can tell without the key. Source: [Aumasson
/// and Bernstein](https://www.aumasson.jp/siphash/siphash.pdf).
///
/// @param key0 the lower half of the key
/// @param key1 the upper half of the key
record SipHash(long key0, long key1) {
  long of(long word) {
    long v0 = key0 ^ 0x736f6d6570736575L;
    long v1 = key1 ^ 0x646f72616e646f6dL;
    long v2 = key0 ^ 0x6c7967656e657261L;
    long v3 = key1 ^ 0x7465646279746573L;
    long message = word;
    // the word, its length in the highest byte, and the end: two, two and four rounds
    for (int round = 0; round < 8; round++) {
      if (round == 0) {
        v3 ^= message;
      } else if (round == 2) {
        v0 ^= message;
        message = 8L << 56;
        v3 ^= message;
      } else if (round == 4) {
        v0 ^= message;
        v2 ^= 0xff;
      }
      v0 += v1;
      v1 = Long.rotateLeft(v1, 13) ^ v0;
      v0 = Long.rotateLeft(v0, 32);
      v2 += v3;
      v3 = Long.rotateLeft(v3, 16) ^ v2;
      v0 += v3;
      v3 = Long.rotateLeft(v3, 21) ^ v0;
      v2 += v1;
      v1 = Long.rotateLeft(v1, 17) ^ v2;
      v2 = Long.rotateLeft(v2, 32);
    }
    return v0 ^ v1 ^ v2 ^ v3;
  }
}
