package dev.rollcall.server;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/// An SMTP server without TLS that keeps what it gets.
public final class MailServer implements AutoCloseable {
  private final ServerSocket listener;
  private final List<String> mails = new CopyOnWriteArrayList<>();
  private final List<String> asked = new CopyOnWriteArrayList<>();
  private final Map<String, String> answers = new ConcurrentHashMap<>();

  /// Listens on a free port.
  public MailServer() throws IOException {
    listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::accept);
  }

  public int port() {
    return listener.getLocalPort();
  }

  /// What came, each from `MAIL FROM` to the end of its text.
  public List<String> mails() {
    return List.copyOf(mails);
  }

  /// The lines with this command that came, of all connections.
  public List<String> asked(String command) {
    return asked.stream().filter(line -> line.startsWith(command + " ")).toList();
  }

  /// Answers a command (`RCPT`) or a whole line in this way from now on (`550 no such user`).
  public void answer(String command, String answer) {
    answers.put(command, answer);
  }

  private void accept() {
    try {
      while (true) {
        Socket socket = listener.accept();
        Thread.ofVirtual().start(() -> talk(socket));
      }
    } catch (IOException e) {
      // closed
    }
  }

  private void talk(Socket socket) {
    try (socket;
        BufferedReader reader =
            new BufferedReader(
                new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8))) {
      OutputStream out = socket.getOutputStream();
      say(out, "220 mail.test");
      StringBuilder mail = new StringBuilder();
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        String command = line.split("[ :]", 2)[0].toUpperCase(java.util.Locale.ROOT);
        asked.add(line);
        String said = answers.getOrDefault(line, answers.getOrDefault(command, usual(command)));
        mail.append(line).append('\n');
        say(out, said);
        if (said.startsWith("354")) {
          for (line = reader.readLine(); line != null && !line.equals("."); ) {
            mail.append(line).append('\n');
            line = reader.readLine();
          }
          if (line == null) {
            return; // a mail without its end is none
          }
          mails.add(mail.toString());
          mail.setLength(0);
          say(out, "250 taken");
        }
        if (command.equals("QUIT")) {
          return;
        }
      }
    } catch (IOException e) {
      // the client has gone
    }
  }

  private static String usual(String command) {
    return switch (command) {
      case "DATA" -> "354 go on";
      case "QUIT" -> "221 bye";
      default -> "250 ok";
    };
  }

  private static void say(OutputStream out, String line) throws IOException {
    if (!line.isEmpty()) {
      out.write((line + "\r\n").getBytes(StandardCharsets.UTF_8));
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }
}
