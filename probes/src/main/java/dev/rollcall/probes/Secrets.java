package dev.rollcall.probes;

import dev.rollcall.probe.AnswerExcerpt;
import dev.rollcall.probe.Probe;
import dev.rollcall.probe.ProbeFailure;
import dev.rollcall.probe.ProbeResult;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Hides the passwords and tokens of a probe in messages of drivers and servers.
///
/// It hides the secret itself and the forms in which drivers and servers repeat it: URL-encoded, or
/// escaped for JSON or HTML, in any way, Base64 of any text that contains it (`user:password`, SASL
/// PLAIN). If a message was cut within a secret, its beginning is hidden too. User and password in
/// front of a host are always hidden. The message becomes one line of at most 500 characters.
public final class Secrets {
  private static final String STARS = "***";
  private static final int LONGEST = 500;

  /// Shorter ones are hidden only where they stand for themselves, between quotes or behind a name:
  /// else a password `a` would show itself by the holes it leaves, and no message be readable.
  private static final int SHORT = 4;

  /// A shorter part of a Base64 text may be there by chance.
  private static final int SHORTEST_BASE64 = 6;

  /// A text of a file may be large, and is repeated by nobody in another form.
  private static final int LONGEST_PATTERN = 1_000;

  private static final Pattern USER_INFO = Pattern.compile("://[^/\\s@]*:[^/\\s]*@");

  private static final Pattern CUT = Pattern.compile("\\.\\.\\.|…");

  /// What the five characters are in HTML that have a name there.
  private static final Map<String, String> ENTITIES =
      Map.of("&", "amp", "<", "lt", ">", "gt", "\"", "quot", "'", "apos");

  private final List<String> forms;
  private final List<Pattern> escaped;

  private Secrets(List<String> forms, List<Pattern> escaped) {
    this.forms = forms;
    this.escaped = escaped;
  }

  /// Hides only what can be recognized as a secret.
  static Secrets none() {
    return new Secrets(List.of(), List.of());
  }

  /// The password of `login`, in all its forms.
  static Secrets of(Login login) {
    return of(
        login.password(),
        login.user() + ":" + login.password(),
        "\0" + login.user() + "\0" + login.password());
  }

  /// These secrets in all their forms. Empty ones are ignored.
  public static Secrets of(Collection<String> secrets) {
    List<String> forms = new ArrayList<>();
    List<Pattern> escaped = new ArrayList<>();
    for (String secret : secrets) {
      if (!secret.isEmpty()) {
        byte[] bytes = secret.getBytes(StandardCharsets.UTF_8);
        String encoded = URLEncoder.encode(secret, StandardCharsets.UTF_8);
        forms.add(secret);
        forms.add(encoded);
        forms.add(encoded.replace("+", "%20"));
        forms.add(secret.replace("\\", "\\\\").replace("\"", "\\\""));
        forms.add(Base64.getEncoder().encodeToString(bytes));
        forms.add(Base64.getEncoder().withoutPadding().encodeToString(bytes));
        forms.add(Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
        forms.add(Base64.getEncoder().encodeToString(secret.getBytes(StandardCharsets.ISO_8859_1)));
        forms.addAll(withinBase64(bytes));
        if (secret.length() >= SHORT && secret.length() <= LONGEST_PATTERN) {
          escaped.add(escaped(secret));
        }
      }
    }
    return new Secrets(
        forms.stream().distinct().sorted(Comparator.comparing(String::length).reversed()).toList(),
        List.copyOf(escaped));
  }

  /// What the Base64 of each text that contains `secret` contains: three bytes are four characters,
  /// so it depends on whether 0, 1 or 2 bytes of a group stand before the secret.
  private static List<String> withinBase64(byte[] secret) {
    List<String> parts = new ArrayList<>();
    for (int before = 0; before < 3; before++) {
      byte[] text = new byte[before + secret.length];
      System.arraycopy(secret, 0, text, before, secret.length);
      int from = Math.ceilDiv(before * 8, 6);
      int to = text.length * 8 / 6;
      if (to - from >= SHORTEST_BASE64) {
        parts.add(Base64.getEncoder().encodeToString(text).substring(from, to));
        parts.add(Base64.getUrlEncoder().encodeToString(text).substring(from, to));
      }
    }
    return parts;
  }

  /// Any of its characters may be percent-encoded, or escaped for JSON (`\/`, or its number) or
  /// HTML (`&amp;`, `&#38;`, `&#x26;`), with large or small digits.
  private static Pattern escaped(String secret) {
    StringBuilder pattern = new StringBuilder();
    secret
        .codePoints()
        .mapToObj(Character::toString)
        .forEach(
            one -> {
              pattern.append("(?:").append(Pattern.quote(one)).append('|');
              pattern.append(one.equals(" ") ? "\\+|" : "");
              for (byte b : one.getBytes(StandardCharsets.UTF_8)) {
                pattern.append("(?i:%%%02x)".formatted(b & 0xff));
              }
              int code = one.codePointAt(0);
              pattern.append("|\\\\").append(Pattern.quote(one));
              pattern.append("|(?i:\\\\u%04x|&#0*%d;|&#x0*%x;)".formatted(code, code, code));
              if (ENTITIES.containsKey(one)) {
                pattern.append("|&").append(ENTITIES.get(one)).append(';');
              }
              pattern.append(')');
            });
    return Pattern.compile(pattern.toString());
  }

  static Secrets of(String... secrets) {
    return of(List.of(secrets));
  }

  /// `probe`, with these secrets hidden in everything that it reports.
  public Probe hidden(Probe probe) {
    return Probe.of(
        probe.name(),
        attempt -> {
          try {
            probe.check(attempt);
          } catch (InterruptedException e) {
            throw e;
          } catch (Exception | Error e) {
            ProbeFailure told = ProbeFailure.of(e);
            ProbeFailure hidden = hide(told);
            if (hidden != told) {
              throw hidden;
            }
            throw e;
          } finally {
            attempt.dependencies().map(this::hide).ifPresent(attempt::dependsOn);
            attempt.degraded().map(this::hide).ifPresent(attempt::degraded);
            attempt.unexpected().map(this::hide).ifPresent(attempt::unexpected);
            hide(attempt.details()).forEach(attempt::detail);
          }
        });
  }

  private Map<String, String> hide(Map<String, String> details) {
    Map<String, String> hidden = new LinkedHashMap<>();
    details.forEach((name, value) -> hidden.put(name, hide(value)));
    return hidden;
  }

  /// `message` with the secrets hidden.
  public String hide(String message) {
    return Quoted.of(masked(message), LONGEST);
  }

  /// `answer` with the secrets hidden.
  AnswerExcerpt hide(AnswerExcerpt answer) {
    Map<String, String> headers = new LinkedHashMap<>();
    answer.headers().forEach((name, value) -> headers.put(name, masked(value)));
    return new AnswerExcerpt(answer.status(), headers, masked(answer.body()));
  }

  /// The same text with the secrets hidden, however long it is.
  private String masked(String text) {
    String shown = text;
    for (String form : forms) {
      shown =
          form.length() < SHORT
              ? standing(form).matcher(shown).replaceAll(STARS)
              : shown.replace(form, STARS);
    }
    for (Pattern encoded : escaped) {
      shown = encoded.matcher(shown).replaceAll(STARS);
    }
    return USER_INFO.matcher(withoutBeginnings(shown)).replaceAll("://" + STARS + "@");
  }

  /// `message` without what is left of a secret where the message was cut within it.
  private String withoutBeginnings(String message) {
    StringBuilder shown = new StringBuilder();
    int from = 0;
    for (Matcher cuts = CUT.matcher(message); cuts.find(); from = cuts.start()) {
      int end = cuts.start();
      int most = end - from;
      int left =
          forms.stream().mapToInt(form -> beginning(form, message, end, most)).max().orElse(0);
      shown.append(message, from, end - left).append(left > 0 ? STARS : "");
    }
    return shown.append(message, from, message.length()).toString();
  }

  /// How many characters before `end` are the beginning of `form`; too few tell nothing.
  private static int beginning(String form, String message, int end, int most) {
    int length = Math.min(form.length() - 1, most);
    while (length >= SHORT && !message.regionMatches(end - length, form, 0, length)) {
      length--;
    }
    return length < SHORT ? 0 : length;
  }

  private static Pattern standing(String form) {
    String text = Pattern.quote(form);
    return Pattern.compile(
        "(?<=[\"'`])%s(?=[\"'`])|(?<=(?i:pass|word|wd|secret|token|key)[\"']?[=:] ?|=)%s(?!\\w)"
            .formatted(text, text));
  }

  /// `results` with the secrets hidden.
  List<ProbeResult> hide(List<ProbeResult> results) {
    return results.stream().map(this::hide).toList();
  }

  private ProbeResult hide(ProbeResult one) {
    Map<String, String> details = new LinkedHashMap<>();
    one.details().forEach((name, value) -> details.put(hide(name), hide(value)));
    return new ProbeResult(
        hide(one.name()), one.status(), one.reason().map(this::hide), one.duration(), details);
  }

  /// `failure` with the secrets hidden and the same origin.
  ProbeFailure hide(ProbeFailure failure) {
    String reason = hide(failure.reason());
    if (reason.equals(failure.reason())) {
      return failure;
    }
    if (failure.isHere()) {
      return ProbeFailure.here(reason);
    }
    return failure.answered() ? ProbeFailure.answered(reason) : new ProbeFailure(reason);
  }
}
