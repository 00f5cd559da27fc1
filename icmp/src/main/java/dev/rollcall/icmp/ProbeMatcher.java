package dev.rollcall.icmp;

import dev.rollcall.icmp.TraceSlots.Slot;
import org.jspecify.annotations.Nullable;

/// Finds the probe that a packet answers, by what only an answer to it contains: the number of the
/// flow, TTL and index, the target, and the nonce where it is quoted. What fits no probe is not
/// ours, or forged.
final class ProbeMatcher implements TracerChannel.Receiver {
  /// Is told what answers what.
  interface Matches {
    /// A packet answers a probe.
    ///
    /// @param why the error of an answer that is one
    void answered(
        Slot slot,
        long probe,
        TraceRun.Answer answer,
        @Nullable HopError why,
        PacketReader reader,
        long stamp);

    /// A router asked for smaller packets.
    void tooBig(Slot slot, long probe, PacketReader reader);

    /// A packet answers no probe.
    void foreign();

    /// A packet has a wrong length or checksum.
    void malformed();
  }

  private final TracerOptions options;
  private final TraceSlots slots;
  private final Matches matches;

  ProbeMatcher(TracerOptions options, TraceSlots slots, Matches matches) {
    this.options = options;
    this.slots = slots;
    this.matches = matches;
  }

  @Override
  public void received(
      TracerChannel channel, PacketReader.Kind kind, PacketReader reader, long stamp) {
    switch (kind) {
      case OTHER -> {}
      case MALFORMED -> matches.malformed();
      case ECHO_REPLY -> fromTarget(echoReply(channel, reader), reader, stamp);
      case SYN_ACK, RESET -> fromTarget(tcp(channel, reader), reader, stamp);
      case DATAGRAM -> fromTarget(datagram(channel, reader), reader, stamp);
      case TIME_EXCEEDED, UNREACHABLE, TOO_BIG, PARAMETER_PROBLEM ->
          error(channel, kind, reader, stamp);
    }
  }

  /// The probe of a flow.
  ///
  /// @param key TTL and index
  private long probe(TracerChannel channel, int flowNumber, int key) {
    Slot slot = slots.ofFlow(flowNumber);
    if (slot == null || slot.trip() == null || slot.trip().channel() != channel) {
      return TraceSlots.NONE;
    }
    return slot.probe(key >>> 8, key & 0xff);
  }

  private long echoReply(TracerChannel channel, PacketReader reader) {
    if (options.method() != TraceMethod.ICMP) {
      return TraceSlots.NONE;
    }
    long probe =
        channel.isPing()
            ? channel.probe(reader.sequence())
            : probe(channel, reader.id(), reader.sequence());
    Slot slot = slots.of(probe);
    boolean ours =
        slot != null && slot.trip() != null && !reader.hasOtherNonce(slot.trip().target().nonce());
    return ours ? probe : TraceSlots.NONE;
  }

  private long tcp(TracerChannel channel, PacketReader reader) {
    int sequence = reader.acknowledged() - 1;
    return options.method() == TraceMethod.TCP && reader.sourcePort() == options.port()
        ? probe(channel, sequence >>> 16, sequence & 0xffff)
        : TraceSlots.NONE;
  }

  /// It does not say which probe of its flow it answers: the first that may have arrived.
  private long datagram(TracerChannel channel, PacketReader reader) {
    if (options.method() != TraceMethod.UDP || reader.sourcePort() != options.port()) {
      return TraceSlots.NONE;
    }
    int flowNumber = reader.targetPort() - TracerSockets.FIRST_PORT;
    Slot slot = slots.ofFlow(flowNumber);
    int key = slot == null ? -1 : slot.run().lowestWaiting();
    return key < 0 ? TraceSlots.NONE : probe(channel, flowNumber, key);
  }

  /// An answer that only the target may send.
  private void fromTarget(long probe, PacketReader reader, long stamp) {
    Slot slot = slots.of(probe);
    if (slot == null || slot.trip() == null || !isFrom(slot.trip().target(), reader)) {
      matches.foreign();
      return;
    }
    matches.answered(slot, probe, TraceRun.Answer.TARGET, null, reader, stamp);
  }

  private static boolean isFrom(TraceTarget target, PacketReader reader) {
    return reader.sourceHigh() == target.high() && reader.sourceLow() == target.low();
  }

  private void error(
      TracerChannel channel, PacketReader.Kind kind, PacketReader reader, long stamp) {
    long probe = quoted(channel, reader.quoted());
    Slot slot = slots.of(probe);
    if (slot == null
        || slot.trip() == null
        || !isQuoteOf(slot.trip().target(), channel, reader.quoted())) {
      matches.foreign();
      return;
    }
    switch (kind) {
      case TIME_EXCEEDED -> matches.answered(slot, probe, TraceRun.Answer.HOP, null, reader, stamp);
      case UNREACHABLE -> {
        HopError why = HopError.of(channel.family(), reader.code());
        boolean arrived = why == HopError.PORT || isFrom(slot.trip().target(), reader);
        TraceRun.Answer answer = arrived ? TraceRun.Answer.TARGET : TraceRun.Answer.ERROR;
        matches.answered(slot, probe, answer, why, reader, stamp);
      }
      case TOO_BIG -> {
        if (options.discoverMtu()) {
          matches.tooBig(slot, probe, reader);
        } else {
          matches.answered(slot, probe, TraceRun.Answer.ERROR, HopError.OTHER, reader, stamp);
        }
      }
      case OTHER, MALFORMED, ECHO_REPLY, PARAMETER_PROBLEM, SYN_ACK, RESET, DATAGRAM ->
          matches.answered(slot, probe, TraceRun.Answer.ERROR, HopError.OTHER, reader, stamp);
    }
  }

  private long quoted(TracerChannel channel, QuotedPacket quote) {
    int protocol = quote.protocol();
    boolean port = quote.targetPort() == options.port();
    switch (options.method()) {
      case ICMP -> {
        if (quote.isEcho()) {
          return channel.isPing()
              ? channel.probe(quote.echoSequence())
              : probe(channel, quote.echoId(), quote.echoSequence());
        }
      }
      case UDP -> {
        if (protocol == Linux.IPPROTO_UDP && port) {
          int flowNumber = quote.sourcePort() - TracerSockets.FIRST_PORT;
          return probe(channel, flowNumber, quote.udpChecksum());
        }
      }
      case TCP -> {
        if (protocol == Linux.IPPROTO_TCP && port) {
          int sequence = quote.tcpSequence();
          return probe(channel, sequence >>> 16, sequence & 0xffff);
        }
      }
    }
    return TraceSlots.NONE;
  }

  private static boolean isQuoteOf(TraceTarget target, TracerChannel channel, QuotedPacket quote) {
    return quote.family() == channel.family()
        && quote.targetHigh() == target.high()
        && quote.targetLow() == target.low()
        && !quote.hasOtherNonce(target.nonce());
  }
}
