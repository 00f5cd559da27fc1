package dev.rollcall.server.web;

import dev.rollcall.server.http.Access;
import dev.rollcall.server.http.Answer;
import dev.rollcall.server.http.Compressed;
import dev.rollcall.server.http.Request;
import dev.rollcall.server.http.Route;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Style sheets, scripts and images from the class path, under `/assets/`.
///
/// A page links to [#link], which carries a hash of the content: a browser keeps that for a year
/// and never asks again, and a new version is a new link.
final class Assets {
  private static final int HASH_LENGTH = 12;
  private static final Map<String, String> TYPES =
      Map.of(
          "css", "text/css; charset=utf-8",
          "js", "text/javascript; charset=utf-8",
          "svg", "image/svg+xml",
          "png", "image/png",
          "ico", "image/x-icon");

  private record Asset(String hash, Answer answer) {}

  private final Map<String, Asset> assets = new LinkedHashMap<>();

  /// Loads `names` from the package of `beside`.
  ///
  /// @throws IllegalArgumentException where one is not there or of an unknown type
  Assets(Class<?> beside, List<String> names) {
    for (String name : names) {
      String type = TYPES.get(name.substring(name.lastIndexOf('.') + 1));
      try (InputStream stream = beside.getResourceAsStream(name)) {
        if (stream == null || type == null) {
          throw new IllegalArgumentException(
              "asset " + name + " is not there, or none of " + TYPES.keySet());
        }
        byte[] content = stream.readAllBytes();
        assets.put(
            name, new Asset(hash(content), Answer.bytes(200, type, new Compressed(content))));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /// Where a page finds the asset: `/assets/page.css?v=0123456789ab`.
  String link(String name) {
    Asset asset = assets.get(name);
    if (asset == null) {
      throw new IllegalArgumentException("there is no asset " + name);
    }
    return "/assets/" + name + "?v=" + asset.hash();
  }

  /// One route for each asset.
  List<Route> routes() {
    List<Route> routes = new ArrayList<>();
    assets.forEach(
        (name, asset) ->
            routes.add(
                Route.get("/assets/" + name, Access.PUBLIC, request -> answer(asset, request))));
    return routes;
  }

  private static Answer answer(Asset asset, Request request) {
    String tag = "\"" + asset.hash() + "\"";
    boolean current = request.query("v").filter(asset.hash()::equals).isPresent();
    String caching = current ? "public, max-age=31536000, immutable" : "no-cache";
    Answer answer =
        request.header("If-None-Match").filter(known -> known.contains(tag)).isPresent()
            ? Answer.empty(304)
            : asset.answer();
    return answer.with("ETag", tag).with("Cache-Control", caching);
  }

  private static String hash(byte[] content) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(content);
      return HexFormat.of().formatHex(digest).substring(0, HASH_LENGTH);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
