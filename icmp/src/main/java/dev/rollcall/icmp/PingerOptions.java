package dev.rollcall.icmp;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

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
/// @param payload bytes of data in each packet, 32 to 9,000; default 56, as with `ping`, or as many
///   as the text needs. The text is cut to fit
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
    int payload,
    Optional<InetAddress> source,
    int ttl) {
  /// By so many bytes a reply is known.
  public static final int LEAST_PAYLOAD = 32;

  /// The largest payload.
  public static final int MOST_PAYLOAD = 9_000;

  private static final int DEFAULT_PAYLOAD = 56;

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
    between("payload", payload, LEAST_PAYLOAD, MOST_PAYLOAD);
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

  /// The size of each ICMP message in bytes, with its header of 8: 64 by default, as with `ping`.
  public int messageBytes() {
    return EchoMessage.HEADER + payload;
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
        DEFAULT_PAYLOAD,
        Optional.empty(),
        64);
  }

  /// With another rate.
  public PingerOptions withPacketsPerSecond(int most) {
    return with(copy -> copy.packetsPerSecond = most);
  }

  /// With other gaps; [Duration#ZERO] for none.
  public PingerOptions withGaps(Duration target, Duration prefix) {
    return with(
        copy -> {
          copy.targetGap = target;
          copy.prefixGap = prefix;
        });
  }

  /// With another receive buffer.
  public PingerOptions withReceiveBuffer(int bytes) {
    return with(copy -> copy.receiveBuffer = bytes);
  }

  /// With another number of shards.
  public PingerOptions withShards(int count) {
    return with(copy -> copy.shards = count);
  }

  /// With another number of pings that wait for an answer.
  public PingerOptions withInFlight(int most) {
    return with(copy -> copy.inFlight = most);
  }

  /// With another text, such as `rollcall measurement, see https://status.example.org/nodes`, and
  /// as large a payload as it needs.
  public PingerOptions withText(String says) {
    return with(
        copy -> {
          copy.text = says;
          copy.payload = Math.max(copy.payload, LEAST_PAYLOAD + (says.length() + 1) / 2 * 2);
        });
  }

  /// With another payload.
  public PingerOptions withPayload(int bytes) {
    return with(copy -> copy.payload = bytes);
  }

  /// From this address. Pings of the other family are not sent.
  public PingerOptions withSource(InetAddress address) {
    return with(copy -> copy.source = Optional.of(address));
  }

  /// With another TTL.
  public PingerOptions withTtl(int hops) {
    return with(copy -> copy.ttl = hops);
  }

  private PingerOptions with(Consumer<Copy> change) {
    Copy copy = new Copy(this);
    change.accept(copy);
    return copy.options();
  }

  /// Options that are being changed.
  private static final class Copy {
    private int packetsPerSecond;
    private Duration targetGap;
    private Duration prefixGap;
    private int receiveBuffer;
    private int shards;
    private int inFlight;
    private String text;
    private int payload;
    private Optional<InetAddress> source;
    private int ttl;

    Copy(PingerOptions from) {
      packetsPerSecond = from.packetsPerSecond;
      targetGap = from.targetGap;
      prefixGap = from.prefixGap;
      receiveBuffer = from.receiveBuffer;
      shards = from.shards;
      inFlight = from.inFlight;
      text = from.text;
      payload = from.payload;
      source = from.source;
      ttl = from.ttl;
    }

    PingerOptions options() {
      return new PingerOptions(
          packetsPerSecond,
          targetGap,
          prefixGap,
          receiveBuffer,
          shards,
          inFlight,
          text,
          payload,
          source,
          ttl);
    }
  }
}
