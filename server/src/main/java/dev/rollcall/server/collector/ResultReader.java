package dev.rollcall.server.collector;

import dev.rollcall.server.address.Address;
import dev.rollcall.server.collector.Result.Hop;
import dev.rollcall.server.collector.Result.Method;
import dev.rollcall.server.collector.Result.Traceroute;
import java.io.InputStream;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.json.JsonFactory;

/// Reads the body of `POST /results` while it comes in.
///
/// A JSON array of 1 to 100,000 results and nothing after it, at most 32 levels deep. Unknown keys
/// are passed over; a known key that is given twice is wrong. Numbers are taken as they are:
/// neither `4.7` nor `"4"` is 4.
final class ResultReader implements AutoCloseable {
  static final int MOST_RESULTS = 100_000;

  private static final int DEEPEST = 32;
  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(DEEPEST)
                  .maxNumberLength(100)
                  .maxStringLength(256 * 1024)
                  .maxNameLength(1024)
                  .build())
          .build();

  /// What became of a body.
  sealed interface Reading {
    /// All of it is right.
    record Right(Results results) implements Reading {}

    /// Something is wrong, and nothing is taken.
    ///
    /// @param error what, in one line
    /// @param invalid where, for each element that is; empty where it is not even JSON
    record Wrong(String error, List<Invalid> invalid) implements Reading {}
  }

  private final Tokens tokens;
  private final Results results;
  private final Packed hops;
  private int hopCount;

  private ResultReader(JsonParser parser, Room room) {
    this.tokens = new Tokens(parser);
    this.results = new Results(room);
    this.hops = new Packed(room);
  }

  /// Reads a body to its end, or to the hundredth fault.
  ///
  /// @throws RuntimeException as the stream or the room throws it
  static Reading read(InputStream body, Room room) {
    try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), body);
        ResultReader reader = new ResultReader(parser, room)) {
      return reader.whole();
    } catch (StreamConstraintsException e) {
      return malformed(
          e, "too deep (over " + DEEPEST + " levels), or a name, number or text is too long");
    } catch (JacksonException e) {
      if (e.getCause() instanceof RuntimeException fromStream) {
        throw fromStream;
      }
      // Also where it tells an encoding from the first bytes that it then cannot read.
      return malformed(e, String.valueOf(e.getOriginalMessage()));
    }
  }

  /// The reading; what is not taken over gives its memory back.
  private Reading whole() {
    boolean taken = false;
    try {
      Reading reading = array();
      taken = reading instanceof Reading.Right;
      return reading;
    } catch (StreamConstraintsException e) {
      if (!String.valueOf(e.getOriginalMessage()).startsWith("String value length")) {
        throw e;
      }
      tokens.tooLong();
      return faulty();
    } finally {
      if (!taken) {
        results.close();
      }
    }
  }

  private static Reading malformed(JacksonException e, String why) {
    TokenStreamLocation at = e.getLocation();
    String where = at == null ? "" : " at line " + at.getLineNr() + ", column " + at.getColumnNr();
    return wrong("malformed JSON" + where + ": " + why.lines().findFirst().orElse(""));
  }

  private static Reading wrong(String error) {
    return new Reading.Wrong(error, List.of());
  }

  private Reading array() {
    JsonToken first = tokens.next();
    if (first == null) {
      return wrong("the body is empty: send a JSON array of results");
    }
    if (first != JsonToken.START_ARRAY) {
      return wrong("the body " + tokens.kind() + ": send a JSON array of results");
    }
    int index = 0;
    for (JsonToken token = tokens.next(); token != JsonToken.END_ARRAY; token = tokens.next()) {
      if (index == MOST_RESULTS) {
        return wrong(
            "there are more than " + MOST_RESULTS + " results: send them in several requests");
      }
      tokens.result(index++);
      if (token == JsonToken.START_OBJECT) {
        result();
      } else {
        tokens.wrong("result", tokens.kind() + ": give an object");
      }
      if (tokens.invalid().size() >= Tokens.MOST_INVALID) {
        return faulty();
      }
    }
    if (tokens.next() != null) {
      return wrong("malformed JSON: nothing may follow the array");
    }
    if (index == 0) {
      return wrong("the array is empty: send 1 to " + MOST_RESULTS + " results");
    }
    return tokens.invalid().isEmpty() ? new Reading.Right(results) : faulty();
  }

  private Reading faulty() {
    Invalid first = tokens.invalid().getFirst();
    int others = tokens.invalid().size() - 1;
    return new Reading.Wrong(
        "result "
            + first.index()
            + ": "
            + first.field()
            + " "
            + first.reason()
            + (others == 0 ? "" : "; and " + others + " more"),
        tokens.invalid());
  }

  /// One object of the array, up to its end.
  private void result() {
    Optional<Address> ip = Optional.empty();
    OptionalLong sent = OptionalLong.empty();
    OptionalLong received = OptionalLong.empty();
    OptionalDouble loss = OptionalDouble.empty();
    long averageRtt = 0;
    Optional<Instant> timestamp = Optional.empty();
    Optional<String> error = Optional.empty();
    Optional<Traceroute> traceroute = Optional.empty();
    int before = tokens.invalid().size();
    int seen = 0;
    while (tokens.next() != JsonToken.END_OBJECT) {
      String name = tokens.name();
      tokens.next();
      int key = key(name);
      if (key == 0 || isTwice(name, seen & key)) {
        tokens.skip();
        continue;
      }
      seen |= key;
      switch (key) {
        case IP -> ip = tokens.address(name);
        case SENT -> sent = tokens.whole(name, 0, Long.MAX_VALUE);
        case RECEIVED -> received = tokens.whole(name, 0, Long.MAX_VALUE);
        case LOSS -> loss = tokens.fraction(name, 0, 100);
        case RTT -> averageRtt = tokens.whole(name, 0, Long.MAX_VALUE).orElse(0);
        case TIMESTAMP -> timestamp = tokens.timestamp(name);
        case ERROR -> error = tokens.text(name);
        default -> traceroute = traceroute();
      }
    }
    if (tokens.invalid().size() == before) {
      required("ip", ip.isPresent());
      required("sent", sent.isPresent());
      required("received", received.isPresent());
      required("timestamp", timestamp.isPresent());
    }
    if (sent.isPresent() && received.isPresent() && received.getAsLong() > sent.getAsLong()) {
      tokens.wrong(
          "received",
          "is " + received.getAsLong() + ": give 0 to " + sent.getAsLong() + ", what was sent");
    }
    if (tokens.invalid().isEmpty()) {
      Result result =
          new Result(
              ip.orElseThrow(),
              sent.orElseThrow(),
              received.orElseThrow(),
              loss.orElse(lost(sent.orElseThrow(), received.orElseThrow())),
              averageRtt,
              timestamp.orElseThrow(),
              error);
      if (traceroute.isPresent()) {
        results.add(result, traceroute.get(), hops, hopCount);
      } else {
        results.add(result);
      }
    }
  }

  /// Percent of what was sent, where a node does not say so itself.
  private static double lost(long sent, long received) {
    return sent == 0 ? 0 : 100.0 * (sent - received) / sent;
  }

  private void required(String field, boolean given) {
    if (!given) {
      tokens.wrong(field, "is missing: every result has one");
    }
  }

  private boolean isTwice(String name, int seen) {
    if (seen != 0) {
      tokens.wrong(name, "is given twice: give it once");
    }
    return seen != 0;
  }

  private static final int IP = 1;
  private static final int SENT = 2;
  private static final int RECEIVED = 4;
  private static final int LOSS = 8;
  private static final int RTT = 16;
  private static final int TIMESTAMP = 32;
  private static final int ERROR = 64;
  private static final int TRACEROUTE = 128;
  private static final int METHOD = 256;
  private static final int COMPLETED = 512;
  private static final int HOPS = 1024;
  private static final int TTL = 2048;
  private static final int TIMEOUT = 4096;

  /// A bit for each known key of a result, so that one that comes twice is noticed without a set.
  private static int key(String name) {
    return switch (name) {
      case "ip" -> IP;
      case "sent" -> SENT;
      case "received" -> RECEIVED;
      case "packet_loss" -> LOSS;
      case "avg_rtt" -> RTT;
      case "timestamp" -> TIMESTAMP;
      case "error" -> ERROR;
      case "traceroute" -> TRACEROUTE;
      default -> 0;
    };
  }

  private static int tracerouteKey(String name) {
    return switch (name) {
      case "method" -> METHOD;
      case "completed" -> COMPLETED;
      case "error" -> ERROR;
      case "hops" -> HOPS;
      default -> 0;
    };
  }

  private static int hopKey(String name) {
    return switch (name) {
      case "ttl" -> TTL;
      case "ip" -> IP;
      case "rtt" -> RTT;
      case "timeout" -> TIMEOUT;
      default -> 0;
    };
  }

  private Optional<Traceroute> traceroute() {
    hops.clear();
    hopCount = 0;
    if (!isOf(JsonToken.START_OBJECT, "traceroute", "give an object")) {
      return Optional.empty();
    }
    tokens.traceroute();
    Optional<Method> method = Optional.empty();
    boolean completed = false;
    Optional<String> error = Optional.empty();
    int seen = 0;
    while (tokens.next() != JsonToken.END_OBJECT) {
      String name = tokens.name();
      tokens.next();
      int key = tracerouteKey(name);
      if (key == 0 || isTwice(name, seen & key)) {
        tokens.skip();
        continue;
      }
      seen |= key;
      switch (key) {
        case METHOD -> method = tokens.method(name);
        case COMPLETED -> completed = tokens.truth(name);
        case ERROR -> error = tokens.text(name);
        default -> hops();
      }
    }
    if (method.isEmpty() && tokens.invalid().isEmpty()) {
      tokens.wrong("method", "is missing: give icmp, udp or tcp");
    }
    tokens.outside();
    boolean done = completed;
    Optional<String> failure = error;
    return method.map(known -> new Traceroute(known, done, failure));
  }

  private void hops() {
    if (!isOf(JsonToken.START_ARRAY, "hops", "give an array of hops")) {
      return;
    }
    int at = 0;
    for (JsonToken token = tokens.next(); token != JsonToken.END_ARRAY; token = tokens.next()) {
      if (token == JsonToken.START_OBJECT) {
        tokens.hop(at);
        hop();
      } else {
        tokens.traceroute();
        tokens.wrong("hops[" + at + "]", tokens.kind() + ": give an object");
      }
      at++;
    }
    tokens.traceroute();
    hopCount = at;
  }

  private void hop() {
    OptionalLong ttl = OptionalLong.empty();
    Optional<Address> ip = Optional.empty();
    long rtt = 0;
    boolean timeout = false;
    int before = tokens.invalid().size();
    int seen = 0;
    while (tokens.next() != JsonToken.END_OBJECT) {
      String name = tokens.name();
      tokens.next();
      int key = hopKey(name);
      if (key == 0 || isTwice(name, seen & key)) {
        tokens.skip();
        continue;
      }
      seen |= key;
      switch (key) {
        case TTL -> ttl = tokens.whole(name, 1, 255);
        case IP -> ip = tokens.address(name);
        case RTT -> rtt = tokens.whole(name, 0, Long.MAX_VALUE).orElse(0);
        default -> timeout = tokens.truth(name);
      }
    }
    if (ttl.isEmpty() && tokens.invalid().size() == before) {
      tokens.wrong("ttl", "is missing: give a whole number from 1 to 255");
    }
    if (tokens.invalid().isEmpty()) {
      Results.pack(new Hop((int) ttl.orElseThrow(), ip, rtt, timeout || ip.isEmpty()), hops);
    }
  }

  /// Whether the parser stands at what is wanted; `null` is nothing, anything else is wrong.
  private boolean isOf(JsonToken wanted, String field, String give) {
    JsonToken token = tokens.current();
    if (token != wanted && token != JsonToken.VALUE_NULL) {
      tokens.wrong(field, tokens.kind() + ": " + give);
    }
    return token == wanted;
  }

  @Override
  public void close() {
    hops.close();
  }
}
