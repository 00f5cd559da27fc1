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

  void flood(CountDownLatch enough) {
    try (Arena arena = Arena.ofConfined()) {
      Libc libc = Libc.in(arena);
      try (NativeSocket socket =
          NativeSocket.open(libc, arena, IpFamily.V4, Linux.SOCK_RAW, Linux.IPPROTO_ICMP)) {
        SendBatch batch = new SendBatch(arena, IpFamily.V4, AT_ONCE, BYTES);
        while (enough.getCount() > 0) {
          for (int i = 0; i < AT_ONCE; i++) {
            write(batch.data(), batch.offset(i));
            batch.address(i, BYTES, 0, SocketAddress.low(victim), 0, 0, 0);
          }
          batch.send(libc, socket.descriptor(), 0, AT_ONCE);
        }
      }
    }
  }

  private void write(MemorySegment bytes, long at) {
    for (int i = 0; i < BYTES; i++) {
      PacketLayout.put8(bytes, at + i, random.nextInt());
    }
    PacketLayout.put8(bytes, at, random.nextBoolean() ? 11 : random.nextInt(4));
    PacketLayout.put8(bytes, at + 1, 0);
    PacketLayout.put32(bytes, at + 4, random.nextInt(8) == 0 ? random.nextInt() : 0);
    if (random.nextBoolean()) { // a quote of the right target, with a guessed key
      PacketLayout.put32(bytes, at + 8, 0x45000054);
      PacketLayout.put32(bytes, at + 12, 0);
      PacketLayout.put32(bytes, at + 16, 0x01010000);
      PacketLayout.put32(bytes, at + 24, (int) SocketAddress.low(target));
      PacketLayout.put32(bytes, at + 28, 0x08000000);
      PacketLayout.put16(bytes, at + 34, (1 + random.nextInt(8)) << 8);
    }
    PacketLayout.put16(bytes, at + 2, 0);
    if (random.nextInt(4) > 0) {
      PacketLayout.put16(bytes, at + 2, Checksum.of(bytes, at, BYTES));
    }
  }
}
