package dev.rollcall.server.collector;

import dev.rollcall.server.address.Address;
import dev.rollcall.server.collector.Result.Hop;
import dev.rollcall.server.collector.Result.Method;
import dev.rollcall.server.collector.Result.Traceroute;
import dev.rollcall.server.http.Json;
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

/// Reads the body of `POST /results` while it arrives.
///
/// It is a JSON array of 1 to 100,000 results with nothing after it, at most 32 levels deep.
/// Unknown keys are skipped; a known key that is given twice is a mistake. Numbers are not
/// converted: neither `4.7` nor `"4"` is accepted as 4.
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

  /// The result of reading a body.
  sealed interface Reading {
    /// All of it is valid.
    record Right(Results results) implements Reading {}

    /// Something is invalid, and nothing is accepted.
    ///
    /// @param error the mistake in one line
    /// @param invalid the invalid elements; empty if it is not even JSON
    record Wrong(String error, List<InvalidElement> invalid) implements Reading {}
  }

  private final ResultTokens resultTokens;
  private final Results results;
  private final PackedBytes hops;
  private int hopCount;

  private ResultReader(JsonParser parser, ResultBuffers buffers) {
    this.resultTokens = new ResultTokens(parser);
    this.results = new Results(buffers);
    this.hops = new PackedBytes(buffers);
  }

  /// Reads a body to its end, or to the hundredth mistake.
  ///
  /// @throws RuntimeException as thrown by the stream or the buffers
  static Reading read(InputStream body, ResultBuffers buffers) {
    try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), body);
        ResultReader reader = new ResultReader(parser, buffers)) {
      return reader.whole();
    } catch (StreamConstraintsException e) {
      return malformed(
          e, "too deep (over " + DEEPEST + " levels), or a name, number or text is too long");
    } catch (JacksonException e) {
      if (e.getCause() instanceof RuntimeException fromStream) {
        throw fromStream;
      }
      // Also if the first bytes indicate an encoding that cannot be read.
      return malformed(e, Json.reason(e));
    }
  }

  /// Reads the body; if its results are not accepted, their memory is given back.
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
      resultTokens.tooLong();
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
    return wrong("malformed JSON" + where + ": " + why);
  }

  private static Reading wrong(String error) {
    return new Reading.Wrong(error, List.of());
  }

  private Reading array() {
    JsonToken first = resultTokens.next();
    if (first == null) {
      return wrong("the body is empty: send a JSON array of results");
    }
    if (first != JsonToken.START_ARRAY) {
      return wrong("the body " + resultTokens.kind() + ": send a JSON array of results");
    }
    int index = 0;
    for (JsonToken token = resultTokens.next();
        token != JsonToken.END_ARRAY;
        token = resultTokens.next()) {
      if (index == MOST_RESULTS) {
        return wrong(
            "there are more than " + MOST_RESULTS + " results: send them in several requests");
      }
      resultTokens.result(index++);
      if (token == JsonToken.START_OBJECT) {
        result();
      } else {
        resultTokens.wrong("result", resultTokens.kind() + ": give an object");
      }
      if (resultTokens.invalid().size() >= ResultTokens.MOST_INVALID) {
        return faulty();
      }
    }
    if (resultTokens.next() != null) {
      return wrong("malformed JSON: nothing may follow the array");
    }
    if (index == 0) {
      return wrong("the array is empty: send 1 to " + MOST_RESULTS + " results");
    }
    return resultTokens.invalid().isEmpty() ? new Reading.Right(results) : faulty();
  }

  private Reading faulty() {
    InvalidElement first = resultTokens.invalid().getFirst();
    int others = resultTokens.invalid().size() - 1;
    return new Reading.Wrong(
        "result "
            + first.index()
            + ": "
            + first.field()
            + " "
            + first.reason()
            + (others == 0 ? "" : "; and " + others + " more"),
        resultTokens.invalid());
  }

  /// Reads one object of the array to its end.
  private void result() {
    Optional<Address> ip = Optional.empty();
    OptionalLong sent = OptionalLong.empty();
    OptionalLong received = OptionalLong.empty();
    OptionalDouble loss = OptionalDouble.empty();
    long averageRtt = 0;
    Optional<Instant> timestamp = Optional.empty();
    Optional<String> error = Optional.empty();
    Optional<Traceroute> traceroute = Optional.empty();
    int before = resultTokens.invalid().size();
    int seen = 0;
    while (resultTokens.next() != JsonToken.END_OBJECT) {
      String name = resultTokens.name();
      resultTokens.next();
      int key = key(name);
      if (key == 0 || isTwice(name, seen & key)) {
        resultTokens.skip();
        continue;
      }
      seen |= key;
      switch (key) {
        case IP -> ip = resultTokens.address(name);
        case SENT -> sent = resultTokens.whole(name, 0, Long.MAX_VALUE);
        case RECEIVED -> received = resultTokens.whole(name, 0, Long.MAX_VALUE);
        case LOSS -> loss = resultTokens.fraction(name, 0, 100);
        case RTT -> averageRtt = resultTokens.whole(name, 0, Long.MAX_VALUE).orElse(0);
        case TIMESTAMP -> timestamp = resultTokens.timestamp(name);
        case ERROR -> error = resultTokens.text(name);
        default -> traceroute = traceroute();
      }
    }
    if (resultTokens.invalid().size() == before) {
      required("ip", ip.isPresent());
      required("sent", sent.isPresent());
      required("received", received.isPresent());
      required("timestamp", timestamp.isPresent());
    }
    if (sent.isPresent() && received.isPresent() && received.getAsLong() > sent.getAsLong()) {
      resultTokens.wrong(
          "received",
          "is " + received.getAsLong() + ": give 0 to " + sent.getAsLong() + ", what was sent");
    }
    if (resultTokens.invalid().isEmpty()) {
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

  /// The percentage of lost packets, if a node does not state it.
  private static double lost(long sent, long received) {
    return sent == 0 ? 0 : 100.0 * (sent - received) / sent;
  }

  private void required(String field, boolean given) {
    if (!given) {
      resultTokens.wrong(field, "is missing: every result has one");
    }
  }

  private boolean isTwice(String name, int seen) {
    if (seen != 0) {
      resultTokens.wrong(name, "is given twice: give it once");
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

  /// A bit for each known key of a result, to notice a repeated key without a set.
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
    resultTokens.traceroute();
    Optional<Method> method = Optional.empty();
    boolean completed = false;
    Optional<String> error = Optional.empty();
    int seen = 0;
    while (resultTokens.next() != JsonToken.END_OBJECT) {
      String name = resultTokens.name();
      resultTokens.next();
      int key = tracerouteKey(name);
      if (key == 0 || isTwice(name, seen & key)) {
        resultTokens.skip();
        continue;
      }
      seen |= key;
      switch (key) {
        case METHOD -> method = resultTokens.method(name);
        case COMPLETED -> completed = resultTokens.truth(name);
        case ERROR -> error = resultTokens.text(name);
        default -> hops();
      }
    }
    if (method.isEmpty() && resultTokens.invalid().isEmpty()) {
      resultTokens.wrong("method", "is missing: give icmp, udp or tcp");
    }
    resultTokens.outside();
    boolean done = completed;
    Optional<String> failure = error;
    return method.map(known -> new Traceroute(known, done, failure));
  }

  private void hops() {
    if (!isOf(JsonToken.START_ARRAY, "hops", "give an array of hops")) {
      return;
    }
    int at = 0;
    for (JsonToken token = resultTokens.next();
        token != JsonToken.END_ARRAY;
        token = resultTokens.next()) {
      if (token == JsonToken.START_OBJECT) {
        resultTokens.hop(at);
        hop();
      } else {
        resultTokens.traceroute();
        resultTokens.wrong("hops[" + at + "]", resultTokens.kind() + ": give an object");
      }
      at++;
    }
    resultTokens.traceroute();
    hopCount = at;
  }

  private void hop() {
    OptionalLong ttl = OptionalLong.empty();
    Optional<Address> ip = Optional.empty();
    long rtt = 0;
    boolean timeout = false;
    int before = resultTokens.invalid().size();
    int seen = 0;
    while (resultTokens.next() != JsonToken.END_OBJECT) {
      String name = resultTokens.name();
      resultTokens.next();
      int key = hopKey(name);
      if (key == 0 || isTwice(name, seen & key)) {
        resultTokens.skip();
        continue;
      }
      seen |= key;
      switch (key) {
        case TTL -> ttl = resultTokens.whole(name, 1, 255);
        case IP -> ip = resultTokens.address(name);
        case RTT -> rtt = resultTokens.whole(name, 0, Long.MAX_VALUE).orElse(0);
        default -> timeout = resultTokens.truth(name);
      }
    }
    if (ttl.isEmpty() && resultTokens.invalid().size() == before) {
      resultTokens.wrong("ttl", "is missing: give a whole number from 1 to 255");
    }
    if (resultTokens.invalid().isEmpty()) {
      Results.pack(new Hop((int) ttl.orElseThrow(), ip, rtt, timeout || ip.isEmpty()), hops);
    }
  }

  /// Whether the parser is at the wanted token. `null` counts as absent, anything else is a
  /// mistake.
  private boolean isOf(JsonToken wanted, String field, String give) {
    JsonToken token = resultTokens.current();
    if (token != wanted && token != JsonToken.VALUE_NULL) {
      resultTokens.wrong(field, resultTokens.kind() + ": " + give);
    }
    return token == wanted;
  }

  @Override
  public void close() {
    hops.close();
  }
}
