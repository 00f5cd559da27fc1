package dev.rollcall.icmp;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/// The echo requests of a pinger, and how it knows their replies ([RFC
/// 792](https://www.rfc-editor.org/rfc/rfc792), [RFC
/// 4443](https://www.rfc-editor.org/rfc/rfc4443)).
///
/// A message is the ICMP header of 8 bytes, an identity, the text, and the identity again. An
/// identity is 16 bytes: the keyed hash of the rest, the slot of the ping, and the generation of
/// the slot. Nobody who has not seen the request can write it. As there are two, a reply that was
/// damaged on its way is still known, and can be told from a message that is not ours.
final class EchoMessage {
  static final int HEADER = 8;

  /// What is returned for a message that is not ours.
  static final long NONE = -1;

  private static final int IDENTITY = 16;

  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

  private final SipHash hash;
  private final int bytes;
  private final MemorySegment text;

  /// @param options the size of messages, and what they say
  EchoMessage(Arena arena, SipHash hash, PingerOptions options) {
    this.hash = hash;
    this.bytes = options.messageBytes();
    int room = bytes - HEADER - 2 * IDENTITY;
    this.text = arena.allocate(room, 8);
    byte[] ascii = options.text().getBytes(StandardCharsets.US_ASCII);
    int said = Math.min(ascii.length, room);
    MemorySegment.copy(ascii, 0, this.text, ValueLayout.JAVA_BYTE, 0, said);
  }

  /// The size of each message, with its ICMP header.
  int bytes() {
    return bytes;
  }

  /// The type of a request or of its reply.
  static int type(IpFamily family, boolean reply) {
    return switch (family) {
      case V4 -> reply ? 0 : 8;
      case V6 -> reply ? 129 : 128;
    };
  }

  /// Writes a request.
  ///
  /// @param withChecksum whether to compute it: the kernel does it except at raw sockets of IPv4
  void write(
      MemorySegment to,
      long at,
      IpFamily family,
      int id,
      int slot,
      int generation,
      boolean withChecksum) {
    long word = ((long) slot << 32) | (generation & 0xffff_ffffL);
    long nonce = hash.of(word);
    long tail = at + bytes - IDENTITY;
    to.set(SHORT, at, (short) (type(family, false) << 8));
    to.set(SHORT, at + 2, (short) 0);
    to.set(SHORT, at + 4, (short) id);
    to.set(SHORT, at + 6, (short) slot);
    to.set(LONG, at + 8, nonce);
    to.set(LONG, at + 16, word);
    MemorySegment.copy(text, 0, to, at + HEADER + IDENTITY, text.byteSize());
    to.set(LONG, tail, nonce);
    to.set(LONG, tail + 8, word);
    if (withChecksum) {
      to.set(SHORT, at + 2, (short) Checksum.of(to, at, bytes));
    }
  }

  static boolean isRequest(MemorySegment from, long at, IpFamily family) {
    return (from.get(SHORT, at) & 0xffff) == type(family, false) << 8;
  }

  static boolean isReply(MemorySegment from, long at, IpFamily family) {
    return (from.get(SHORT, at) & 0xffff) == type(family, true) << 8;
  }

  static int id(MemorySegment from, long at) {
    return from.get(SHORT, at + 4) & 0xffff;
  }

  static int sequence(MemorySegment from, long at) {
    return from.get(SHORT, at + 6) & 0xffff;
  }

  /// The slot (upper half) and generation (lower half) of a reply or of a request, or [#NONE].
  ///
  /// @param at where its ICMP header begins
  /// @param length the size of what there is of it
  long identity(MemorySegment from, long at, int length) {
    long first = length < HEADER + IDENTITY ? NONE : identity(from, at + HEADER);
    return first != NONE || length < bytes ? first : identity(from, at + bytes - IDENTITY);
  }

  private long identity(MemorySegment from, long at) {
    long word = from.get(LONG, at + 8);
    return word >= 0 && from.get(LONG, at) == hash.of(word) ? word : NONE;
  }

  /// Whether a reply with this identity repeats what was sent.
  boolean isWhole(MemorySegment from, long at, int length, long identity) {
    long tail = at + bytes - IDENTITY;
    return length == bytes
        && sequence(from, at) == (int) (identity >>> 32)
        && identity(from, at + HEADER) == identity
        && identity(from, tail) == identity
        && MemorySegment.mismatch(from, at + HEADER + IDENTITY, tail, text, 0, text.byteSize()) < 0;
  }
}
