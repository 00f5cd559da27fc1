package dev.rollcall.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.server.RunningRollcall.Answer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// People with accounts at a running Rollcall, who all have the same password.
record People(RunningRollcall rollcall) {
  static final String PASSWORD = "correct horse";

  private static final Pattern CODE = Pattern.compile("setup code, once: (\\S+)");

  /// Flags with which as many may register and log in as a test needs.
  static String[] unlimited() {
    return new String[] {
      "--accounts-registrations-per-minute=1000", "--accounts-logins-per-minute=1000"
    };
  }

  /// The body of a registration or login.
  static String credentials(String email, String password) {
    return "{\"Email\":\"%s\",\"Password\":\"%s\"}".formatted(email, password);
  }

  /// Registers somebody.
  void register(String email) {
    Answer made = rollcall.send("POST", "/register", credentials(email, PASSWORD));
    assertThat(made.status()).as(made.json().toString()).isEqualTo(201);
  }

  /// Registers somebody, who logs in.
  ///
  /// @return their token
  String registered(String email) {
    register(email);
    return token(email);
  }

  /// Registers an operator with the setup code of the start, who logs in.
  ///
  /// @return their token
  String operator(String email) {
    String body =
        credentials(email, PASSWORD).replace("}", ",\"SetupCode\":\"" + setupCode() + "\"}");
    assertThat(rollcall.send("POST", "/register", body).status()).isEqualTo(201);
    return token(email);
  }

  /// The setup code in the log of the start.
  String setupCode() {
    Matcher code = CODE.matcher(rollcall.log());
    assertThat(code.find()).isTrue();
    return code.group(1);
  }

  Answer login(String email, String password) {
    return rollcall.send("POST", "/login", credentials(email, password));
  }

  /// Logs somebody in.
  ///
  /// @return their token
  String token(String email) {
    Answer answer = login(email, PASSWORD);
    assertThat(answer.status()).as(answer.json().toString()).isEqualTo(200);
    return answer.json().stringValue();
  }

  Answer send(String method, String path, String body, String token) {
    return rollcall.send(method, path, body, "Authorization", token);
  }

  Answer get(String path, String token) {
    return send("GET", path, "", token);
  }
}
