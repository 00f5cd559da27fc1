package dev.rollcall.server;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Base64;

/// A server for a network in which every address leads to this machine. It writes to a file at
/// which of its addresses somebody has connected, redirects from `/to/` and the Base64 of a URL,
/// and answers 200 to all else.
///
/// Arguments: port, file.
final class EveryAddress {
  private EveryAddress() {}

  public static void main(String[] args) throws IOException {
    Path log = Path.of(args[1]);
    try (ServerSocket listener = new ServerSocket()) {
      listener.bind(new InetSocketAddress("::", Integer.parseInt(args[0])), 500);
      Files.writeString(log, "ready\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
      while (true) {
        Socket socket = listener.accept();
        note(log, socket.getLocalAddress());
        Thread.ofVirtual().start(() -> answer(socket));
      }
    }
  }

  private static synchronized void note(Path log, InetAddress address) throws IOException {
    Files.writeString(log, address.getHostAddress() + "\n", StandardOpenOption.APPEND);
  }

  private static void answer(Socket socket) {
    try (socket) {
      socket.setSoTimeout(10_000);
      BufferedReader reader =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
      String line = reader.readLine();
      if (line == null) {
        return;
      }
      String path = line.split(" ", -1)[1];
      String answer =
          path.startsWith("/to/")
              ? "302 Found\r\nLocation: "
                  + new String(
                      Base64.getUrlDecoder().decode(path.substring("/to/".length())),
                      StandardCharsets.UTF_8)
              : "200 OK";
      socket
          .getOutputStream()
          .write(
              ("HTTP/1.1 " + answer + "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                  .getBytes(StandardCharsets.UTF_8));
    } catch (IOException | IllegalArgumentException e) {
      // the next one
    }
  }
}
