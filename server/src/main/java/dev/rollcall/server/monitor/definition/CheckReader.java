package dev.rollcall.server.monitor.definition;

import dev.rollcall.probes.HttpExpectation;
import dev.rollcall.probes.HttpQuestion;
import dev.rollcall.probes.HttpSettings;
import dev.rollcall.probes.Probes;
import dev.rollcall.probes.ServerUrl;
import dev.rollcall.probes.StatusRange;
import dev.rollcall.probes.TcpQuestion;
import dev.rollcall.probes.TlsOptions;
import dev.rollcall.server.config.Fields;
import dev.rollcall.server.config.Mistakes;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;

/// Reads how a service is checked: the keys that belong to the scheme of its URL.
///
/// @param tolerant whether files of `tls` that cannot be used at present are no mistake
record CheckReader(Fields fields, URI url, boolean tolerant) {
  /// The headers that say where a request ends.
  private static final Set<String> FRAMING = Set.of("content-length", "transfer-encoding");

  /// The methods of HTTP and WebDAV, and those of caches and searches.
  static final Set<String> METHODS =
      Set.of(
          "GET",
          "HEAD",
          "POST",
          "PUT",
          "PATCH",
          "DELETE",
          "OPTIONS",
          "QUERY",
          "PROPFIND",
          "REPORT",
          "SEARCH",
          "PURGE",
          "BAN",
          "REFRESH");

  /// Reads it; empty if it has a mistake.
  Optional<CheckSpec> read(Duration timeout, boolean keepAlive) {
    Optional<ServiceKeys> keys = ServiceKeys.of(url);
    if (keys.isEmpty()) {
      fields.mistake("url", url.getScheme(), "is not a supported scheme" + scheme(url.getScheme()));
      return Optional.empty();
    }
    for (String key : ServiceKeys.ALL) {
      if (!keys.get().has(key)) {
        fields.refuse(Set.of(key), keys.get().refusal(key));
      }
    }
    return fields.built(
        "url",
        () ->
            switch (keys.get().kind()) {
              case HTTP -> new CheckSpec.Http(http(keepAlive));
              case PORT -> new CheckSpec.Tcp(tcp());
              case SERVER -> new CheckSpec.Server(server(timeout));
            });
  }

  private static String scheme(String unknown) {
    String meant = Mistakes.suggestion(unknown, Probes.schemes());
    return meant.startsWith(", did")
        ? meant
        : ": use one of " + String.join(", ", Probes.schemes());
  }

  /// Checks the URL now, so that its mistakes are reported now.
  private ServerUrl server(Duration timeout) {
    ServerUrl server = new ServerUrl(url, Optional.empty(), tls(), timeout);
    Optional<String> user = fields.text("user");
    Optional<String> password = fields.text("password");
    if (user.isPresent() || password.isPresent()) {
      server = server.login(user.orElse(""), password.orElse(""));
    }
    Probes.validate(server);
    return server;
  }

  private HttpQuestion http(boolean keepAlive) {
    boolean redirects = fields.bool("redirects").orElse(true);
    if (url.getScheme().equals("http") && !redirects) {
      fields.refuse(
          Set.of("tls"),
          "has no effect with http:// and redirects: false: remove it, or use https://");
    }
    Optional<String> method = fields.text("method");
    method
        .filter(name -> !METHODS.contains(name))
        .ifPresent(
            name ->
                fields.mistake(
                    "method",
                    name,
                    "is not a supported method"
                        + Mistakes.suggestion(name.toUpperCase(Locale.ROOT), METHODS)));
    HttpSettings settings =
        HttpSettings.DEFAULT.followRedirects(redirects).keepAlive(keepAlive).tls(tls());
    HttpQuestion question = HttpQuestion.of(url).expecting(expectation()).settings(settings);
    question = method.filter(METHODS::contains).map(question::method).orElse(question);
    question = with("body", question, HttpQuestion::body);
    for (Map.Entry<String, String> header : fields.texts("headers").entrySet()) {
      if (FRAMING.contains(header.getKey().toLowerCase(Locale.ROOT))) {
        fields.mistake(
            "headers", "contains " + header.getKey() + ", which Rollcall sets itself: remove it");
        continue;
      }
      HttpQuestion bare = question;
      question =
          fields
              .built("headers", () -> bare.header(header.getKey(), header.getValue()))
              .orElse(bare);
    }
    Optional<String> user = fields.text("user");
    if (user.isEmpty() && fields.has("password")) {
      fields.mistake("user", "is missing: user and password go together");
    }
    return user.isPresent()
        ? question.basicAuth(user.get(), fields.text("password").orElse(""))
        : question;
  }

  private HttpQuestion with(
      String key, HttpQuestion question, BiFunction<HttpQuestion, String, HttpQuestion> adding) {
    return fields
        .text(key)
        .flatMap(text -> fields.built(key, () -> adding.apply(question, text)))
        .orElse(question);
  }

  private HttpExpectation expectation() {
    HttpExpectation expectation = HttpExpectation.DEFAULT;
    List<String> statuses = fields.oneOrMany("status");
    List<StatusRange> ranges =
        statuses.stream()
            .map(text -> fields.built("status", () -> StatusRange.parse(text)))
            .flatMap(Optional::stream)
            .toList();
    if (!ranges.isEmpty()) {
      expectation = expectation.statuses(ranges);
    }
    Optional<String> contains = fields.text("contains");
    if (contains.isPresent()) {
      expectation = expectation.text(contains.get());
    }
    Optional<Fields> json = fields.object("json", ServiceKeys.OF_JSON);
    if (json.isPresent()) {
      HttpExpectation before = expectation;
      String path = json.get().text("path").orElse("$");
      Optional<String> value =
          json.get().isNull("value") ? Optional.of("null") : json.get().scalar("value");
      expectation =
          fields
              .built("json", () -> before.json(new HttpExpectation.JsonExpectation(path, value)))
              .orElse(before);
    }
    return expectation;
  }

  private TcpQuestion tcp() {
    if (!url.getRawAuthority().matches(".*:\\d+")) { // getPort rejects hosts with an underscore
      throw new IllegalArgumentException(
          "\"" + url + "\" names no port: write it as " + url.getScheme() + "://host:port");
    }
    Probes.validate(ServerUrl.of(url.toString()));
    TcpQuestion question = TcpQuestion.of(url);
    if (question.tls().isPresent()) {
      question = question.tls(tls());
    }
    Optional<String> send = fields.text("send");
    if (send.isPresent()) {
      question = question.send(send.get());
    }
    Optional<String> expect = fields.text("expect");
    return expect.isPresent() ? question.expect(expect.get()) : question;
  }

  private TlsOptions tls() {
    Optional<Fields> given = fields.object("tls", ServiceKeys.OF_TLS);
    if (given.isEmpty()) {
      return TlsOptions.DEFAULT;
    }
    Fields tls = given.get();
    TlsOptions options = TlsOptions.DEFAULT;
    if (!tls.bool("verify").orElse(true)) {
      options = options.unverified();
    }
    Optional<Path> ca = tls.file("ca");
    if (ca.isPresent()) {
      options = options.trusting(ca.get());
    }
    Optional<Path> cert = tls.file("cert");
    Optional<Path> key = tls.file("key");
    if (cert.isPresent() != key.isPresent() && !tls.wrong()) {
      tls.mistake(cert.isPresent() ? "key" : "cert", "is missing: cert and key go together");
    }
    if (cert.isPresent() && key.isPresent()) {
      options = options.showing(new TlsOptions.Identity(cert.get(), key.get()));
    }
    if (!tolerant && !tls.wrong()) {
      options
          .wrong()
          .ifPresent(wrong -> tls.mistake(wrong.key(), wrong.file() + ": " + wrong.what()));
    }
    try {
      return tls.text("name").map(options::named).orElse(options);
    } catch (IllegalArgumentException e) {
      tls.mistake("name", e.getMessage() + ": give the one in the certificate");
      return options;
    }
  }
}
