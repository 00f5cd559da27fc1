package dev.rollcall.server.channel.type;

import dev.rollcall.server.config.Fields;
import dev.rollcall.server.config.Secret;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;

/// Reads the keys of channels that send requests, and makes the URLs of these.
final class HttpKeys {
  private HttpKeys() {}

  /// Reads a secret that has to be there.
  ///
  /// @param form what it consists of
  /// @param missing what to give: `the token that @BotFather has given you`
  /// @param wrong what is said of another one: `is no token of a bot`
  static Optional<Secret> secret(
      Fields fields, String key, Pattern form, String missing, String wrong) {
    Optional<Secret> secret = fields.secret(key);
    if (!fields.has(key)) {
      fields.mistake(key, "is missing: give " + missing);
    }
    secret
        .filter(text -> !form.matcher(text.reveal()).matches())
        .ifPresent(_ -> fields.mistake(key, wrong));
    return secret;
  }

  /// Reads the URL of a server that has its own paths below it: see [#below].
  ///
  /// @param usual where it is if the key is missing; empty: it has to be there
  static Optional<URI> server(Fields fields, String key, Optional<String> usual) {
    Optional<URI> url = url(fields, key, usual);
    url.ifPresent(uri -> checkServer(fields, key, uri));
    return url;
  }

  /// Reads the URLs of one or several servers.
  ///
  /// @param missing what to give
  static List<URI> servers(Fields fields, String key, String missing) {
    if (!fields.has(key)) {
      fields.mistake(key, "is missing: give " + missing);
    }
    List<URI> urls = new ArrayList<>();
    for (String text : fields.oneOrMany(key)) {
      fields.built(key, () -> AlertUri.checked(text.strip())).ifPresent(urls::add);
    }
    urls.forEach(url -> checkServer(fields, key, url));
    return urls;
  }

  private static void checkServer(Fields fields, String key, URI url) {
    if (url.getRawQuery() != null || url.getRawFragment() != null) {
      fields.mistake(key, "has a query: give the URL of the server alone");
    }
  }

  /// A path of a server: `/message` of `https://push.example.org/gotify/`.
  static URI below(URI server, String path) {
    return URI.create(server.toString().replaceFirst("/+$", "") + path);
  }

  /// The place of a server that takes messages, where people give either the URL of the server,
  /// which may have a path itself behind a proxy, or that of the place.
  ///
  /// @param path of that place below the URL: `/api/v2/alerts`
  static URI endpoint(URI given, String path) {
    URI bare = below(given, "");
    return bare.toString().endsWith(path) ? bare : below(bare, path);
  }

  /// A URL with one more parameter, unless it has that parameter already.
  static URI with(URI uri, String name, String value) {
    String query = Objects.requireNonNullElse(uri.getRawQuery(), "");
    if (("&" + query).contains("&" + name + "=")) {
      return uri;
    }
    String text = uri.toString().replaceFirst("#.*", "");
    String joint = query.isEmpty() ? "?" : "&";
    return URI.create(text.replaceFirst("\\?$", "") + joint + name + "=" + value);
  }

  /// Reads the URL of a receiver. Its path or query may be a secret.
  ///
  /// @param usual where it is if the key is missing; empty: it has to be there
  static Optional<URI> url(Fields fields, String key, Optional<String> usual) {
    Optional<Secret> url = fields.secret(key);
    if (url.isPresent()) {
      return fields.built(key, () -> AlertUri.checked(url.get().reveal().strip()));
    }
    if (!fields.has(key) && usual.isEmpty()) {
      fields.mistake(key, "is missing: give the URL that the receiver has for this");
    }
    return usual.filter(_ -> !fields.has(key)).map(URI::create);
  }
}
