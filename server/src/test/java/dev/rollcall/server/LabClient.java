package dev.rollcall.server;

import dev.rollcall.lab.LabNode;
import dev.rollcall.server.RunningRollcall.Answer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/// Speaks to a program from within a node of a laboratory.
///
/// @param url where the paths begin, as the node reaches it
record LabClient(LabNode node, String url) {
  /// One in the node in which the program runs itself.
  static LabClient of(LabNode node, RunningRollcall rollcall) {
    return new LabClient(node, "http://127.0.0.1:" + rollcall.port() + "/");
  }

  Answer get(String path) {
    return send("GET", path, "");
  }

  Answer send(String method, String path, String body, String... headers) {
    return node.inside(() -> sent(method, path, body, headers));
  }

  /// Connections of other nodes are not used again: they lead into other networks.
  private Answer sent(String method, String path, String body, String... headers)
      throws IOException {
    HttpURLConnection call = (HttpURLConnection) URI.create(url + path).toURL().openConnection();
    call.setRequestMethod(method);
    call.setRequestProperty("Connection", "close");
    for (int i = 0; i < headers.length; i += 2) {
      call.setRequestProperty(headers[i], headers[i + 1]);
    }
    if (!body.isEmpty()) {
      call.setDoOutput(true);
      call.setRequestProperty("Content-Type", "application/json");
      try (OutputStream out = call.getOutputStream()) {
        out.write(body.getBytes(StandardCharsets.UTF_8));
      }
    }
    int status = call.getResponseCode();
    try (InputStream answer = status < 400 ? call.getInputStream() : call.getErrorStream()) {
      String text = new String(answer.readAllBytes(), StandardCharsets.UTF_8);
      return new Answer(status, RunningRollcall.json(text));
    } finally {
      call.disconnect();
    }
  }

  JsonNode json(String path) {
    return get(path).json();
  }

  /// The rows of a list of the API.
  List<JsonNode> rows(String path) {
    List<JsonNode> rows = new ArrayList<>();
    json(path).get("data").forEach(block -> block.get("data").forEach(rows::add));
    return rows;
  }
}
