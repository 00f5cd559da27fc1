package dev.rollcall.icmp;

import dev.rollcall.lab.LoopbackNetwork;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;

/// Answers echo requests in place of the kernel, in whatever way a test wants: packets of IPv4 with
/// all headers. It belongs into a network of the test's own.
final class EchoResponder implements AutoCloseable {
  private static final int BYTES = 2048;
  private static final int IP = 20;

  private final Arena arena = Arena.ofShared();
  private final Libc libc = Libc.in(arena);
  private final NativeSocket in;
  private final NativeSocket out;
  private final SendBatch sending = new SendBatch(arena, IpFamily.V4, 1, BYTES);
  private final Wakeup end = new Wakeup(arena);
  private final AtomicReference<Throwable> failure = new AtomicReference<>();
  private final Thread thread;

  /// @param answers the packets that follow a request; empty for none
  EchoResponder(Function<byte[], List<byte[]>> answers) throws Exception {
    LoopbackNetwork.run("sysctl", "-qw", "net.ipv4.icmp_echo_ignore_all=1");
    in = NativeSocket.open(libc, arena, IpFamily.V4, Linux.SOCK_RAW, Linux.IPPROTO_ICMP);
    in.receiveBuffer(64 << 20);
    out = NativeSocket.open(libc, arena, IpFamily.V4, Linux.SOCK_RAW, Linux.IPPROTO_RAW);
    thread = Thread.ofPlatform().name("echo-responder").start(() -> run(answers));
  }

  private void run(Function<byte[], List<byte[]>> answers) {
    try {
      ReceiveBatch receiving = new ReceiveBatch(arena, 64, BYTES);
      Poll poll = new Poll(arena, end.descriptor(), in.descriptor());
      while (poll.ready(0) == 0) {
        poll.await(libc, -1);
        int count = receiving.receive(libc, in.descriptor(), 0);
        for (int i = 0; i < count; i++) {
          byte[] packet =
              receiving
                  .data()
                  .asSlice(receiving.offset(i), receiving.length(i))
                  .toArray(ValueLayout.JAVA_BYTE);
          if (packet[IP] == 8) {
            answers.apply(packet).forEach(this::send);
          }
        }
      }
    } catch (Throwable e) {
      failure.set(e);
    }
  }

  /// Sends a packet with all its headers.
  synchronized void send(byte[] packet) {
    MemorySegment.copy(packet, 0, sending.data(), ValueLayout.JAVA_BYTE, 0, packet.length);
    int to = ByteBuffer.wrap(packet).getInt(16);
    sending.address(0, packet.length, 0, to & 0xffff_ffffL, 0, 0, 0);
    int result = sending.send(Libc.in(Arena.ofAuto()), out.descriptor(), 0, 1);
    if (result != 1) {
      throw new IllegalStateException("cannot send: " + Linux.errorText(-result));
    }
  }

  /// The right reply to a request.
  static byte[] reply(byte[] request) {
    byte[] reply = request.clone();
    System.arraycopy(request, 16, reply, 12, 4);
    System.arraycopy(request, 12, reply, 16, 4);
    reply[IP] = 0;
    return checked(reply);
  }

  /// An ICMP error about a request, as a router sends it, which quotes all of the request.
  static byte[] error(byte[] request, int type, int code, int router) {
    return error(request, type, code, router, request.length - IP);
  }

  /// An ICMP error about a request that quotes so many octets behind its IP header.
  static byte[] error(byte[] request, int type, int code, int router, int quoted) {
    byte[] error = Arrays.copyOf(request, IP + 8 + IP + quoted);
    System.arraycopy(request, 0, error, IP + 8, IP + quoted);
    ByteBuffer packet = ByteBuffer.wrap(error);
    packet.putInt(16, packet.getInt(12)).putInt(12, router);
    packet.putShort(2, (short) error.length);
    packet.put(IP, (byte) type).put(IP + 1, (byte) code).putInt(IP + 4, 0);
    return checked(error);
  }

  /// With the right checksum of ICMP; the kernel writes that of IP.
  static byte[] checked(byte[] packet) {
    ByteBuffer message = ByteBuffer.wrap(packet);
    message.putShort(2, (short) packet.length);
    message.putShort(IP + 2, (short) 0);
    int sum = 0;
    for (int i = IP; i < packet.length; i += 2) {
      sum += message.getShort(i) & 0xffff;
    }
    sum = (sum & 0xffff) + (sum >>> 16);
    sum = (sum & 0xffff) + (sum >>> 16);
    message.putShort(IP + 2, (short) ~sum);
    return packet;
  }

  @Override
  public void close() {
    end.signal();
    boolean ended;
    try {
      ended = thread.join(Duration.ofMinutes(1));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      ended = false;
    }
    if (!ended) { // it still uses what would be closed
      throw new AssertionError("the responder does not end");
    }
    in.close();
    out.close();
    end.close();
    arena.close();
    if (failure.get() != null) {
      throw new AssertionError(failure.get());
    }
  }
}
