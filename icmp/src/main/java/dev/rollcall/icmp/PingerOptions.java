package dev.rollcall.icmp;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/// How a [Pinger] pings. Start with [#defaults].
///
/// @param packetsPerSecond the most packets a second, of all shards together; default 1,000
/// @param targetGap the least time between two packets to one address; default 10 ms. A ping that
///   would have to wait more than 10 s for its turn is not sent.
/// @param prefixGap the least time between two packets into one /24 (IPv6: /48); default 1 ms
/// @param receiveBuffer bytes of the receive buffer to ask for; default 8 MiB. Without
///   CAP_NET_ADMIN the system gives `net.core.rmem_max`; then fewer pings are on their way at a
///   time.
/// @param shards threads, each with sockets of its own; default 1, which is enough for 100,000
///   packets a second. All pings into one /24 (IPv6: /48) go through one of them.
/// @param inFlight the most pings of one shard and family that wait for an answer, 16 to 65,536;
///   default 65,536. They take about 100 bytes each.
/// @param text what the packets say, so that whoever sees them knows who sends them and why: ASCII,
///   at most 200 characters
/// @param source the address to send from; empty: the system chooses
/// @param ttl the TTL or hop limit of packets, 1 to 255; default 64
public record PingerOptions(
    int packetsPerSecond,
    Duration targetGap,
    Duration prefixGap,
    int receiveBuffer,
    int shards,
    int inFlight,
    String text,
    Optional<InetAddress> source,
    int ttl) {
  /// The sequence number of an echo request has 16 bits.
  private static final int MOST_IN_FLIGHT = 65_536;

  /// @throws IllegalArgumentException for values that are not possible
  public PingerOptions {
    between("packetsPerSecond", packetsPerSecond, 1, Integer.MAX_VALUE);
    between("receiveBuffer", receiveBuffer, 4096, 1 << 30);
    between("shards", shards, 1, 64);
    between("inFlight", inFlight, 16, MOST_IN_FLIGHT);
    between("ttl", ttl, 1, 255);
    between("text.length", text.length(), 0, 200);
    if (targetGap.isNegative() || prefixGap.isNegative()) {
      throw new IllegalArgumentException("a gap is negative: use 0 for none");
    }
    if (!StandardCharsets.US_ASCII.newEncoder().canEncode(text)) {
      throw new IllegalArgumentException("text is \"" + text + "\": use ASCII only");
    }
  }

  private static void between(String name, int value, int least, int most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          "%s is %d: use %d to %d".formatted(name, value, least, most));
    }
  }

  /// The size of each ICMP message in bytes, with its header of 8: 64, as with `ping`, or more for
  /// a text of more than 24 characters.
  public int messageBytes() {
    return EchoMessage.bytes(text);
  }

  /// Good manners: 1,000 packets a second, which say who sends them.
  public static PingerOptions defaults() {
    return new PingerOptions(
        1000,
        Duration.ofMillis(10),
        Duration.ofMillis(1),
        8 << 20,
        1,
        MOST_IN_FLIGHT,
        "rollcall measurement",
        Optional.empty(),
        64);
  }

  /// With another rate.
  public PingerOptions withPacketsPerSecond(int most) {
    return new PingerOptions(
        most, targetGap, prefixGap, receiveBuffer, shards, inFlight, text, source, ttl);
  }

  /// With other gaps; [Duration#ZERO] for none.
  public PingerOptions withGaps(Duration target, Duration prefix) {
    return new PingerOptions(
        packetsPerSecond, target, prefix, receiveBuffer, shards, inFlight, text, source, ttl);
  }

  /// With another receive buffer.
  public PingerOptions withReceiveBuffer(int bytes) {
    return new PingerOptions(
        packetsPerSecond, targetGap, prefixGap, bytes, shards, inFlight, text, source, ttl);
  }

  /// With another number of shards.
  public PingerOptions withShards(int count) {
    return new PingerOptions(
        packetsPerSecond, targetGap, prefixGap, receiveBuffer, count, inFlight, text, source, ttl);
  }

  /// With another number of pings that wait for an answer.
  public PingerOptions withInFlight(int most) {
    return new PingerOptions(
        packetsPerSecond, targetGap, prefixGap, receiveBuffer, shards, most, text, source, ttl);
  }

  /// With another text, such as `rollcall measurement, see https://status.example.org/nodes`.
  public PingerOptions withText(String says) {
    return new PingerOptions(
        packetsPerSecond, targetGap, prefixGap, receiveBuffer, shards, inFlight, says, source, ttl);
  }

  /// From this address. Pings of the other family are not sent.
  public PingerOptions withSource(InetAddress address) {
    return new PingerOptions(
        packetsPerSecond,
        targetGap,
        prefixGap,
        receiveBuffer,
        shards,
        inFlight,
        text,
        Optional.of(address),
        ttl);
  }

  /// With another TTL.
  public PingerOptions withTtl(int hops) {
    return new PingerOptions(
        packetsPerSecond,
        targetGap,
        prefixGap,
        receiveBuffer,
        shards,
        inFlight,
        text,
        source,
        hops);
  }
}
