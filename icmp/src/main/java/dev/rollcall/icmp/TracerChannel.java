package dev.rollcall.icmp;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;

/// The sockets of a tracer for one family, the probes that wait to be sent there, and what is
/// received there. Belongs to the thread of its [TracerLoop].
final class TracerChannel implements AutoCloseable {
  /// Is told what was read.
  interface Receiver {
    /// `reader` holds the packet.
    ///
    /// @param stamp when the kernel received it; 0 if it did not say
    void received(TracerChannel channel, PacketReader.Kind kind, PacketReader reader, long stamp);
  }

  private static final int RECEIVED_AT_ONCE = 64;
  private static final int MOST_ROUNDS = 16;
  private static final int MOST_TRIES = 4;

  /// A packet and what a link and IP put in front of it.
  private static final int LARGEST = 1_600;

  private static final int SEQUENCES = 65_536;

  private final Libc libc;
  private final TracerSockets sockets;
  private final IpFamily family;
  private final TracerOptions options;
  private final PacketWriter writer;
  private final PacketReader reader = new PacketReader();
  private final SendBatch sending;
  private final ReceiveBatch receiving;
  private final ProbeQueue queue = new ProbeQueue();
  private final long[] probeOfSequence = new long[SEQUENCES];
  private final int id;

  /// The next sequence number of a ping socket. Nobody can guess the first.
  private int sequence = new SecureRandom().nextInt(SEQUENCES);

  private boolean full;

  TracerChannel(Libc libc, Arena arena, TracerSockets sockets, TracerOptions options, int batch) {
    this.libc = libc;
    this.sockets = sockets;
    this.family = sockets.family();
    this.options = options;
    this.writer = new PacketWriter(options.text().getBytes(StandardCharsets.US_ASCII));
    this.sending = new SendBatch(arena, family, batch, options.octets());
    this.receiving =
        new ReceiveBatch(arena, RECEIVED_AT_ONCE, Math.max(LARGEST, options.octets() + 100));
    this.id = sockets.isPing() ? sockets.sender().localPort() : 0;
  }

  IpFamily family() {
    return family;
  }

  TracerSockets sockets() {
    return sockets;
  }

  /// Probes that wait to be sent: numbers of the loop.
  ProbeQueue queue() {
    return queue;
  }

  /// How many probes one call sends.
  int batch() {
    return sending.capacity();
  }

  /// Whether the last attempt to send was held up.
  boolean isFull() {
    return full;
  }

  /// The probe of a ping socket that had this sequence number last.
  long probe(int sequenceNumber) {
    return probeOfSequence[sequenceNumber];
  }

  /// Whether an echo reply can be one of ours: a ping socket has one id for all traces.
  boolean isPing() {
    return sockets.isPing();
  }

  /// Writes a probe.
  ///
  /// @param place 0 to [#batch()] - 1
  /// @param number the number of the loop
  void write(
      int place,
      long number,
      TraceTarget target,
      int flow,
      int flowNumber,
      int ttl,
      int index,
      int octets) {
    MemorySegment data = sending.data();
    long at = sending.offset(place);
    int size = octets - (family == IpFamily.V4 ? 20 : 40);
    int key = ttl << 8 | index;
    switch (options.method()) {
      case ICMP -> {
        int wireId = id;
        int wireSequence = key;
        if (sockets.isPing()) {
          wireSequence = sequence;
          sequence = (sequence + 1) % SEQUENCES;
          probeOfSequence[wireSequence] = number;
        } else {
          wireId = flowNumber;
        }
        writer.echo(data, at, size, family, wireId, wireSequence, flow, target.nonce());
      }
      case UDP ->
          writer.datagram(
              data,
              at,
              size,
              target.addressWords(),
              TracerSockets.FIRST_PORT + flowNumber,
              options.port(),
              key,
              flow,
              target.nonce());
      case TCP -> {
        size = PacketWriter.SYN;
        int ports = SEQUENCES - TracerSockets.FIRST_PORT;
        writer.syn(
            data,
            at,
            target.addressWords(),
            TracerSockets.FIRST_PORT + flowNumber % ports,
            options.port(),
            flowNumber << 16 | key);
      }
    }
    sending.address(place, size, target.high(), target.low(), target.scope(), 0, ttl);
  }

  /// Sends probes that were written.
  ///
  /// @return how many were sent from `first` on; `-errno` if the first was refused; 0 if the send
  ///   buffer is full
  int send(int first, int count, Receiver receiver) {
    full = false;
    for (int attempt = 1; ; attempt++) {
      int result = sending.send(libc, sockets.sender().descriptor(), first, count);
      if (result > 0) {
        return result;
      }
      if (result == -Linux.EAGAIN) {
        full = true;
        return 0;
      }
      // A ping socket tells the error of an earlier probe with any call.
      boolean earlier = sockets.isPing() && receiveErrors(receiver);
      if (!earlier && (!sockets.isPing() || attempt > 1)) {
        return result == 0 ? -Linux.ENOBUFS : result;
      }
      if (attempt > MOST_TRIES) { // they come faster than they are read
        full = true;
        return 0;
      }
    }
  }

  /// Receives what there is.
  ///
  /// @return whether there was anything
  boolean receive(Receiver receiver) {
    boolean any = false;
    for (NativeSocket socket : sockets.all()) {
      int failures = 0;
      for (int round = 0; round < MOST_ROUNDS; round++) {
        int count = receiving.receive(libc, socket.descriptor(), 0);
        if (count == -Linux.EAGAIN || (count < 0 && ++failures > MOST_TRIES)) {
          break;
        }
        for (int i = 0; i < count; i++) {
          receiving.readControl(i);
          receiver.received(this, read(socket, i), reader, receiving.stamp());
          any = true;
        }
        if (count >= 0 && count < RECEIVED_AT_ONCE && !sockets.isPing()) {
          break;
        }
      }
    }
    boolean errors = sockets.isPing() && receiveErrors(receiver);
    return any || errors;
  }

  private PacketReader.Kind read(NativeSocket socket, int i) {
    MemorySegment data = receiving.data();
    if (family == IpFamily.V4 && !sockets.isPing()) {
      return reader.read4(data, receiving.offset(i), receiving.length(i));
    }
    return reader.read(
        data,
        receiving.offset(i),
        receiving.length(i),
        sockets.protocol(socket),
        receiving.high(i),
        receiving.low(i),
        Math.max(0, receiving.ttl()));
  }

  private boolean receiveErrors(Receiver receiver) {
    boolean any = false;
    for (int round = 0; round < MOST_ROUNDS; round++) {
      int count = receiving.receive(libc, sockets.sender().descriptor(), Linux.MSG_ERRQUEUE);
      for (int i = 0; i < count; i++) {
        receiving.readControl(i);
        int origin = receiving.origin();
        if (origin == Linux.SO_EE_ORIGIN_ICMP || origin == Linux.SO_EE_ORIGIN_ICMP6) {
          receiver.received(this, readError(i), reader, receiving.stamp());
          any = true;
        }
      }
      if (count < RECEIVED_AT_ONCE) {
        break;
      }
    }
    return any;
  }

  private PacketReader.Kind readError(int i) {
    // struct sock_ee_data_rfc4884: where the extensions are, and whether they are damaged
    int extensionsAt = receiving.errorData() & 0xffff;
    boolean damaged = (receiving.errorData() >>> 16 & 1) != 0;
    return reader.readQueued(
        receiving.data(),
        receiving.offset(i),
        receiving.length(i),
        family,
        receiving.type(),
        receiving.code(),
        receiving.info(),
        damaged ? Integer.MAX_VALUE : extensionsAt,
        receiving.offenderHigh(),
        receiving.offenderLow(),
        receiving.high(i),
        receiving.low(i));
  }

  @Override
  public void close() {
    sockets.close();
  }
}
