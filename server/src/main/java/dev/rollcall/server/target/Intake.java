package dev.rollcall.server.target;

import dev.rollcall.probes.HostNames;
import dev.rollcall.server.address.Addresses;
import dev.rollcall.server.config.OneLine;
import dev.rollcall.server.http.Answer;
import dev.rollcall.server.http.Refusal;
import inet.ipaddr.IPAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/// Reads a posted list: `{"hops":["192.0.2.1",...]}`, or the same with `targets`, which may also
/// contain names and blocks.
final class Intake {
  /// The largest number of elements of a list.
  static final int MOST_ELEMENTS = 10_000;

  /// The largest number of addresses in the blocks of a list together.
  private static final int MOST_ADDRESSES = 65_536;

  private static final int MOST_NAMES = 100;
  private static final int MOST_LISTED = 100;
  private static final int SHOWN = 100;
  private static final Pattern NAME =
      Pattern.compile(
          "(?=.{1,253}$)(?:[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?\\.)*"
              + "(?=[^.]*[A-Za-z_-])[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?\\.?");

  private final String key;
  private final List<String> texts;
  private final Map<Integer, String> wrong = new LinkedHashMap<>();
  private final List<Candidate> newcomers = new ArrayList<>();

  private Intake(String key, List<String> texts) {
    this.key = key;
    this.texts = texts;
  }

  /// Reads addresses.
  ///
  /// @throws Refusal (400) if the body is no such list
  static Intake hops(JsonNode body) {
    Intake intake = list(body, "hops");
    for (int i = 0; i < intake.texts.size(); i++) {
      int index = i;
      Addresses.parse(intake.texts.get(i))
          .ifPresentOrElse(
              address -> intake.newcomers.add(Candidate.hop(address)),
              () -> intake.wrong.putIfAbsent(index, "is no IP address"));
    }
    return intake;
  }

  /// Reads addresses, blocks and names. Names are looked up.
  ///
  /// @throws Refusal (400) if the body is no such list
  static Intake targets(JsonNode body, HostLookup hostLookup) throws InterruptedException {
    Intake intake = list(body, "targets");
    Map<Integer, Future<List<IPAddress>>> lookups = new LinkedHashMap<>();
    for (int i = 0; i < intake.texts.size(); i++) {
      String text = ascii(intake.texts.get(i));
      Optional<IPAddress> address = Addresses.parse(text);
      if (address.isPresent()) {
        intake.newcomers.add(Candidate.target(address.get()));
      } else if (NAME.matcher(text).matches()) {
        if (lookups.size() < MOST_NAMES) {
          lookups.put(i, hostLookup.lookUp(text));
        } else {
          intake.wrong.put(i, "is a name too many: give at most " + MOST_NAMES + " at once");
        }
      } else {
        intake.block(i, text);
      }
    }
    for (Map.Entry<Integer, Future<List<IPAddress>>> lookup : lookups.entrySet()) {
      intake.named(lookup.getKey(), lookup.getValue());
    }
    return intake;
  }

  /// The ASCII form of a name; the text itself if it is no name.
  private static String ascii(String text) {
    try {
      return HostNames.ascii(text);
    } catch (IllegalArgumentException e) {
      return text;
    }
  }

  private static Intake list(JsonNode body, String key) {
    JsonNode list = body.get(key);
    if (list == null || !list.isArray()) {
      throw Refusal.badRequest(
          "the body has no list of " + key + ": write {\"" + key + "\":[...]}");
    }
    if (list.size() > MOST_ELEMENTS) {
      throw Refusal.badRequest(
          "%s has %d elements: give at most %d at once".formatted(key, list.size(), MOST_ELEMENTS));
    }
    List<String> texts = new ArrayList<>(list.size());
    Intake intake = new Intake(key, texts);
    for (int i = 0; i < list.size(); i++) {
      JsonNode element = list.get(i);
      if (!element.isString()) {
        intake.wrong.put(i, "is no text");
      }
      texts.add(element.isString() ? element.stringValue() : element.toString());
    }
    return intake;
  }

  private void block(int index, String text) {
    if (wrong.containsKey(index)) {
      return;
    }
    if (!text.contains("/")) {
      wrong.put(index, "is neither an address nor a name nor a block as in 192.0.2.0/24");
      return;
    }
    try {
      IPAddress block = Addresses.block(text);
      int left = MOST_ADDRESSES - newcomers.size();
      if (block.getCount().bitLength() > 31 || block.getCount().intValue() > left) {
        wrong.put(
            index,
            "is too large: give blocks of " + MOST_ADDRESSES + " addresses together at most");
        return;
      }
      block.iterator().forEachRemaining(each -> member(block, each.withoutPrefixLength()));
    } catch (IllegalArgumentException e) {
      wrong.put(index, String.valueOf(e.getMessage()));
    }
  }

  /// The first and the last address of an IPv4 network belong to no host: every host may answer
  /// packets to them.
  private void member(IPAddress block, IPAddress address) {
    boolean edge =
        block.isIPv4()
            && block.getCount().intValue() > 2
            && (address.equals(block.getLower().withoutPrefixLength())
                || address.equals(block.getUpper().withoutPrefixLength()));
    if (!edge) {
      newcomers.add(Candidate.target(address));
    }
  }

  private void named(int index, Future<List<IPAddress>> lookup) throws InterruptedException {
    try {
      for (IPAddress address : lookup.get()) {
        newcomers.add(
            new Candidate(address, Candidate.Origin.TARGET, Optional.of(texts.get(index))));
      }
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      wrong.put(
          index, OneLine.of(String.valueOf(cause == null ? e.getMessage() : cause.getMessage())));
    }
  }

  /// The number of elements of the list.
  int received() {
    return texts.size();
  }

  /// The addresses in the order of the list, but those of names last; an address may occur twice.
  List<Candidate> newcomers() {
    return newcomers;
  }

  /// The answer if there are mistakes; otherwise empty.
  Optional<Answer> refusal() {
    if (wrong.isEmpty()) {
      return Optional.empty();
    }
    String error =
        "%d of %d %s are wrong, so none was added: correct or remove the listed ones"
            .formatted(wrong.size(), texts.size(), key);
    return Optional.of(
        Answer.json(
            400,
            json -> {
              json.writeStartObject().writeStringProperty("error", error);
              json.writeName("invalid").writeStartArray();
              wrong.entrySet().stream()
                  .sorted(Map.Entry.comparingByKey())
                  .limit(MOST_LISTED)
                  .forEach(
                      each ->
                          json.writeStartObject()
                              .writeNumberProperty("index", each.getKey())
                              .writeStringProperty("value", shown(texts.get(each.getKey())))
                              .writeStringProperty("reason", each.getValue())
                              .writeEndObject());
              json.writeEndArray().writeEndObject();
            }));
  }

  private static String shown(String text) {
    return text.length() > SHOWN ? text.substring(0, SHOWN) + "..." : text;
  }
}
