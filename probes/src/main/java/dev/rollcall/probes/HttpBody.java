package dev.rollcall.probes;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rollcall.probe.ProbeFailure;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What was read of an answer's body.
///
/// @param bytes unpacked
/// @param limit how many bytes were to be read at most
/// @param type the `Content-Type`, may be empty
/// @param unknown the coding that it is still packed with, if there is one
@SuppressWarnings("ArrayRecordComponent") // never compared
record HttpBody(byte[] bytes, int limit, String type, Optional<String> unknown) {
  private static final Charset WINDOWS = Charset.forName("windows-1252");
  private static final Pattern NAMED = Pattern.compile("charset\\s*=\\s*[\"']?([^\\s\"';,]+)");
  private static final Pattern INSIDE =
      Pattern.compile(
          "<meta[^>]+charset\\s*=\\s*[\"']?\\s*([^\\s\"'/>;]+)"
              + "|<\\?xml[^>]+encoding\\s*=\\s*[\"']([^\"']+)");

  /// How far into a document browsers look for its character set.
  private static final int PRESCAN = 1024;

  /// Names that mean more to browsers than they say (WHATWG Encoding, 4.2).
  private static final Map<String, String> MEANT =
      Map.ofEntries(
          Map.entry("iso-8859-1", "windows-1252"),
          Map.entry("latin1", "windows-1252"),
          Map.entry("us-ascii", "windows-1252"),
          Map.entry("ascii", "windows-1252"),
          Map.entry("iso-8859-9", "windows-1254"),
          Map.entry("gb2312", "GB18030"),
          Map.entry("gbk", "GB18030"),
          Map.entry("shift_jis", "windows-31j"),
          Map.entry("euc-kr", "x-windows-949"),
          Map.entry("utf-16", "UTF-16LE"));

  /// Whether the body may go on behind what was read.
  boolean cut() {
    return bytes.length >= limit;
  }

  /// The body as a browser reads it.
  String text() {
    return text(declared().orElseGet(() -> fits(UTF_8) ? UTF_8 : WINDOWS));
  }

  /// The body as JSON, which is UTF-8 whatever the header says (RFC 8259, 8.1), unless it is not.
  String json() {
    boolean plain = mark().isEmpty() && !wide() && fits(UTF_8);
    return plain ? text(UTF_8) : text();
  }

  /// Checks that `part` is in it: as a browser reads the body, or as curl hands it on, whose reader
  /// takes it for UTF-8 whatever the header says. Servers name character sets that their pages are
  /// not in: where the bytes do not fit, what else they can be is looked at too.
  void contains(String part) throws ProbeFailure {
    Set<Charset> readings = new LinkedHashSet<>();
    declared().ifPresent(readings::add);
    readings.add(UTF_8);
    boolean wrong = !fits(readings.iterator().next());
    inside().ifPresent(readings::add);
    if (wrong) {
      readings.add(WINDOWS);
    }
    for (Charset charset : readings) {
      if (text(charset).contains(part)) {
        return;
      }
    }
    throw ProbeFailure.answered(
        "body does not contain \"%s\"%s%s"
            .formatted(part, cut() ? " in its first " + size(limit) : "", packed()));
  }

  /// What to add to a reason where the body could not be unpacked.
  String packed() {
    return unknown.map(" (it has the coding \"%s\", which cannot be read)"::formatted).orElse("");
  }

  static String size(int bytes) {
    if (bytes >= 1 << 20 && bytes % (1 << 20) == 0) {
      return (bytes >> 20) + " MiB";
    }
    return bytes >= 1024 && bytes % 1024 == 0 ? (bytes >> 10) + " KiB" : bytes + " bytes";
  }

  /// What a browser goes by: the byte order mark, then the header, then the document.
  private Optional<Charset> declared() {
    return mark().or(this::named).or(this::inside);
  }

  private Optional<Charset> mark() {
    if (starts(0xEF, 0xBB, 0xBF)) {
      return Optional.of(UTF_8);
    }
    if (starts(0xFE, 0xFF)) {
      return Optional.of(StandardCharsets.UTF_16BE);
    }
    return starts(0xFF, 0xFE) ? Optional.of(StandardCharsets.UTF_16LE) : Optional.empty();
  }

  private boolean starts(int... mark) {
    for (int i = 0; i < mark.length; i++) {
      if (i >= bytes.length || (bytes[i] & 0xFF) != mark[i]) {
        return false;
      }
    }
    return true;
  }

  private Optional<Charset> named() {
    Matcher matcher = NAMED.matcher(type.toLowerCase(Locale.ROOT));
    return matcher.find() ? charset(matcher.group(1)) : Optional.empty();
  }

  private boolean wide() {
    return named().filter(charset -> charset.name().startsWith("UTF-16")).isPresent();
  }

  /// What the document itself says, which cannot say that it has two bytes a letter.
  private Optional<Charset> inside() {
    String kind = type.toLowerCase(Locale.ROOT);
    if (!kind.isBlank() && !kind.contains("html") && !kind.contains("xml")) {
      return Optional.empty();
    }
    String start =
        new String(bytes, 0, Math.min(PRESCAN, bytes.length), StandardCharsets.ISO_8859_1);
    Matcher matcher = INSIDE.matcher(start.toLowerCase(Locale.ROOT));
    if (!matcher.find()) {
      return Optional.empty();
    }
    String name = matcher.group(1) == null ? matcher.group(2) : matcher.group(1);
    return name.startsWith("utf-16") ? Optional.of(UTF_8) : charset(name);
  }

  private static Optional<Charset> charset(String name) {
    try {
      return Optional.of(Charset.forName(MEANT.getOrDefault(name, name)));
    } catch (IllegalCharsetNameException | UnsupportedCharsetException e) {
      return Optional.empty();
    }
  }

  /// Whether the bytes can be of `charset`; their last letter may be cut off.
  private boolean fits(Charset charset) {
    return !charset
        .newDecoder()
        .decode(ByteBuffer.wrap(bytes), CharBuffer.allocate(bytes.length), !cut())
        .isError();
  }

  private String text(Charset charset) {
    String text = new String(bytes, charset);
    return text.startsWith("\uFEFF") ? text.substring(1) : text;
  }

  /// How much there is.
  @Override
  public String toString() {
    return bytes.length + " bytes";
  }
}
