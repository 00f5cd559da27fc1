package dev.rollcall.lab.ha;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;

/// Requests of a machine, over a connection each. A client as plain as curl.
///
/// @param patience how long an answer may take, connecting included
record Http(Machine client, String host, int port, Duration patience) {
  /// An answer.
  record Answer(int status, String body) {
    boolean isGood() {
      return status >= 200 && status < 300;
    }
  }

  Answer get(String path, String... headers) throws IOException {
    return send("GET", path, "", headers);
  }

  /// The status, a space and the body of the answer; without an answer, why.
  String said(String path, String... headers) {
    try {
      Answer answer = get(path, headers);
      return answer.status() + " " + answer.body();
    } catch (IOException e) {
      return e.toString();
    }
  }

  /// @param headers `Name: value`
  /// @throws IOException if there was no whole answer in time
  Answer send(String method, String path, String body, String... headers) throws IOException {
    int millis = (int) patience.toMillis();
    byte[] content = body.getBytes(UTF_8);
    StringBuilder head = new StringBuilder();
    head.append(method).append(' ').append(path).append(" HTTP/1.1\r\nHost: ").append(host);
    head.append("\r\nConnection: close\r\n");
    for (String header : headers) {
      head.append(header).append("\r\n");
    }
    if (!method.equals("GET")) {
      head.append("Content-Type: application/json\r\nContent-Length: ").append(content.length);
      head.append("\r\n");
    }
    try (Socket socket = client.socket()) {
      socket.connect(new InetSocketAddress(host, port), millis);
      socket.setSoTimeout(millis);
      socket.getOutputStream().write((head + "\r\n").getBytes(ISO_8859_1));
      socket.getOutputStream().write(content);
      return parsed(new String(socket.getInputStream().readAllBytes(), UTF_8));
    }
  }

  private static Answer parsed(String text) throws IOException {
    int end = text.indexOf("\r\n\r\n");
    if (end < 0 || !text.matches("(?s)HTTP/1\\.[01] \\d{3}.*")) {
      throw new IOException("no answer");
    }
    return new Answer(Integer.parseInt(text.substring(9, 12)), text.substring(end + 4));
  }
}
