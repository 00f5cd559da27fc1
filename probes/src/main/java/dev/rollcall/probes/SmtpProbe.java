package dev.rollcall.probes;

import dev.rollcall.probe.Attempt;
import dev.rollcall.probe.Probe;
import dev.rollcall.probe.ProbeFailure;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import java.util.Set;

/// Connects to a mail server and reads its greeting and its features, starts TLS if requested, and
/// logs in if there is a user. It sends no mail.
///
/// `smtp://host` (port 25) starts without TLS and switches to TLS (`STARTTLS`, RFC 3207) if the URL
/// has `?starttls=needed` or a user. With `?starttls=never` it logs in without TLS. `smtps://host`
/// (port 465) uses TLS from the start. Sources: RFC 5321, RFC 4954 (`AUTH PLAIN` and `LOGIN`).
///
/// @param name name of the probe
/// @param server the server and the login
/// @param dialer shared with other probes
public record SmtpProbe(String name, ServerUrl server, Dialer dialer) implements Probe {
  /// Validates the URL.
  public SmtpProbe {
    server.understandsNoPath(Set.of("starttls"));
    target(server);
    String starttls = server.parameter("starttls").orElse("never");
    if (!starttls.equals("needed") && !starttls.equals("never")) {
      throw new IllegalArgumentException(
          "starttls=%s is neither needed nor never".formatted(starttls));
    }
  }

  /// A probe of `url`, such as `smtp://mail.example` or `smtps://user:password@mail.example:465`, 3
  /// s at most.
  public static SmtpProbe of(String name, String url) {
    return new SmtpProbe(name, ServerUrl.of(url), Dialer.system());
  }

  @Override
  public void check(Attempt attempt) throws ProbeFailure, InterruptedException {
    Session.hold(attempt, server, dialer, this::talk);
  }

  private static boolean secure(ServerUrl server) {
    return server.scheme().equals("smtps");
  }

  private static Authority target(ServerUrl server) {
    return server.target(secure(server) ? 465 : 25);
  }

  private void talk(Session session) throws Exception {
    boolean secure = secure(server);
    Authority target = target(server);
    Socket socket = session.open(target, secure ? Optional.of(server.tls()) : Optional.empty());
    session.progress().enter(Progress.Stage.WAITING);
    SmtpLine line = new SmtpLine(socket);
    line.expect(220, "greeting");
    session.progress().enter(Progress.Stage.EXPECTING);
    SmtpLine.Reply offers = hello(line, socket);
    if (!secure && startsTls()) {
      if (!offers.offers("STARTTLS")) {
        throw ProbeFailure.answered("TLS: the server does not offer STARTTLS");
      }
      line.ask("STARTTLS", 220, "STARTTLS");
      line.nothingMore();
      socket = session.secure(target, server.tls());
      line = new SmtpLine(socket);
      session.progress().enter(Progress.Stage.EXPECTING);
      offers = hello(line, socket);
    }
    if (server.login().isPresent()) {
      session.progress().enter(Progress.Stage.LOGIN);
      login(line, offers, server.login().get());
    }
    line.say("QUIT");
  }

  private boolean startsTls() {
    return server.parameter("starttls").map("needed"::equals).orElse(server.login().isPresent());
  }

  /// Names itself by its address, as a client without a name of its own does (RFC 5321, 4.1.3).
  private static SmtpLine.Reply hello(SmtpLine line, Socket socket)
      throws IOException, ProbeFailure {
    InetAddress own = socket.getLocalAddress();
    String address = own.getHostAddress().replaceFirst("%.*", "");
    String literal = own instanceof Inet6Address ? "IPv6:" + address : address;
    return line.ask("EHLO [" + literal + "]", 250, "EHLO");
  }

  private static void login(SmtpLine line, SmtpLine.Reply offers, Login login)
      throws IOException, ProbeFailure {
    if (offers.offers("AUTH", "PLAIN")) {
      line.ask("AUTH PLAIN " + base64("\0" + login.user() + "\0" + login.password()), 235, "login");
    } else if (offers.offers("AUTH", "LOGIN")) {
      line.ask("AUTH LOGIN", 334, "login");
      line.ask(base64(login.user()), 334, "login");
      line.ask(base64(login.password()), 235, "login");
    } else {
      throw ProbeFailure.answered("login: the server offers neither AUTH PLAIN nor AUTH LOGIN");
    }
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }
}
