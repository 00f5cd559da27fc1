package dev.rollcall.icmp;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.util.Random;
import java.util.concurrent.CountDownLatch;

/// Floods a host with answers to probes that somebody else sent, and with what is no packet at all.
final class Forger {
  private static final int AT_ONCE = 16;
  private static final int BYTES = 120;

  private final InetAddress victim;
  private final InetAddress target;
  private final Random random = new Random(4);

  Forger(String victim, String target) {
    this.victim = InetAddress.ofLiteral(victim);
    this.target = InetAddress.ofLiteral(target);
  }

  /// Sends errors and garbage.
  void flood(CountDownLatch enough) {
    flood(enough, this::write, false);
  }

  /// Sends echo replies with an id that is expected, and all else guessed, as if they came from the
  /// target.
  void replies(int id, CountDownLatch enough) {
    flood(
        enough,
        (bytes, at) -> {
          for (int i = 0; i < BYTES; i++) {
            PacketLayout.put8(bytes, at + i, random.nextInt());
          }
          PacketLayout.put32(bytes, at, 0);
          PacketLayout.put16(bytes, at + 4, id);
          PacketLayout.put16(bytes, at + 2, Checksum.of(bytes, at, BYTES));
          return BYTES;
        },
        true);
  }

  /// Sends "host unreachable" about requests with an id that is expected, and all else guessed.
  void errors(int id, CountDownLatch enough) {
    flood(
        enough,
        (bytes, at) -> {
          int length = random.nextBoolean() ? BYTES : 36;
          for (int i = 0; i < length; i++) {
            PacketLayout.put8(bytes, at + i, random.nextInt());
          }
          PacketLayout.put32(bytes, at, 0x0301_0000);
          PacketLayout.put32(bytes, at + 4, 0);
          quote(bytes, at + 8);
          PacketLayout.put16(bytes, at + 32, id);
          PacketLayout.put16(bytes, at + 34, random.nextInt(1024));
          PacketLayout.put16(bytes, at + 2, Checksum.of(bytes, at, length));
          return length;
        },
        false);
  }

  private interface Writer {
    /// @return how many octets it has written
    int write(MemorySegment bytes, long at);
  }

  /// @param fromTarget whether to send from the address of the target, which is one of this machine
  private void flood(CountDownLatch enough, Writer writer, boolean fromTarget) {
    try (Arena arena = Arena.ofConfined()) {
      Libc libc = Libc.in(arena);
      try (NativeSocket socket =
          NativeSocket.open(libc, arena, IpFamily.V4, Linux.SOCK_RAW, Linux.IPPROTO_ICMP)) {
        if (fromTarget) {
          socket.bind(target, 0);
        }
        SendBatch batch = new SendBatch(arena, IpFamily.V4, AT_ONCE, BYTES);
        while (enough.getCount() > 0) {
          for (int i = 0; i < AT_ONCE; i++) {
            int length = writer.write(batch.data(), batch.offset(i));
            batch.address(i, length, 0, SocketAddress.low(victim), 0, 0, 0);
          }
          batch.send(libc, socket.descriptor(), 0, AT_ONCE);
        }
      }
    }
  }

  /// A quote of an echo request to the target, up to the eighth octet behind its IP header.
  private void quote(MemorySegment bytes, long at) {
    PacketLayout.put32(bytes, at, 0x45000054);
    PacketLayout.put32(bytes, at + 4, 0);
    PacketLayout.put32(bytes, at + 8, 0x01010000);
    PacketLayout.put32(bytes, at + 12, (int) SocketAddress.low(victim));
    PacketLayout.put32(bytes, at + 16, (int) SocketAddress.low(target));
    PacketLayout.put32(bytes, at + 20, 0x08000000);
  }

  private int write(MemorySegment bytes, long at) {
    for (int i = 0; i < BYTES; i++) {
      PacketLayout.put8(bytes, at + i, random.nextInt());
    }
    PacketLayout.put8(bytes, at, random.nextBoolean() ? 11 : random.nextInt(4));
    PacketLayout.put8(bytes, at + 1, 0);
    PacketLayout.put32(bytes, at + 4, random.nextInt(8) == 0 ? random.nextInt() : 0);
    if (random.nextBoolean()) { // a quote of the right target, with a guessed key
      quote(bytes, at + 8);
      PacketLayout.put16(bytes, at + 34, (1 + random.nextInt(8)) << 8);
    }
    PacketLayout.put16(bytes, at + 2, 0);
    if (random.nextInt(4) > 0) {
      PacketLayout.put16(bytes, at + 2, Checksum.of(bytes, at, BYTES));
    }
    return BYTES;
  }
}
