package dev.rollcall.server;

import static dev.rollcall.server.RunningRollcall.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rollcall.server.RunningRollcall.Plan;
import dev.rollcall.server.account.definition.Digests;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/// Another password by a link in a mail.
@Execution(ExecutionMode.CONCURRENT)
class PasswordResetIT {
  private static final String YAML =
      """
      public-url: https://status.example.org
      channels:
        - {name: mail, type: mail, host: 127.0.0.1, port: %d, starttls: never,
           from: rollcall@example.org, to: ops@example.org}
      """;

  @TempDir Path folder;

  private static int post(RunningRollcall rollcall, String path, String body) {
    return rollcall.send("POST", path, body).status();
  }

  private static int login(RunningRollcall rollcall, String password) {
    return post(
        rollcall, "/login", "{\"Email\":\"ann@example.org\",\"Password\":\"" + password + "\"}");
  }

  @Test
  void aLinkInAMailGivesAnotherPasswordOnce() throws Exception {
    try (MailServer server = new MailServer();
        RunningRollcall running = Plan.in(folder).yaml(YAML.formatted(server.port())).start()) {
      Browser browser = new Browser(running);
      post(running, "/register", "{\"Email\":\"ann@example.org\",\"Password\":\"correct horse\"}");
      assertThat(post(running, "/v1/account/reset", "{\"email\":\"nobody@example.org\"}"))
          .isEqualTo(202);
      assertThat(post(running, "/v1/account/reset", "{\"email\":\"nobody\"}")).isEqualTo(400);
      assertThat(browser.after(browser.form("/account/reset", "&email=ANN%40example.org")))
          .contains("a link was mailed");
      await().atMost(PATIENCE).until(() -> server.mails().size() == 1);
      String mail = server.mails().getFirst().replace("=\n", "").replace("=3D", "=");
      assertThat(mail).contains("RCPT TO:<ann@example.org>");
      Matcher link =
          Pattern.compile("https://status.example.org(/account/reset\\?code=([\\w-]{20,}))")
              .matcher(mail);
      assertThat(link.find()).as(mail).isTrue();
      assertThat(login(running, "correct horse")).isEqualTo(200);
      assertThat(browser.step(link.group(1)).body()).contains("New password");
      String change = "{\"code\":\"" + link.group(2) + "\",\"new_password\":\"%s\"}";
      assertThat(post(running, "/v1/account/reset/password", change.formatted("short")))
          .isEqualTo(400);
      String fields = "&code=" + link.group(2) + "&password=battery+staple";
      assertThat(browser.after(browser.form("/account/reset/password", fields)))
          .contains("The password was changed");
      assertThat(login(running, "battery staple")).isEqualTo(200);
      assertThat(login(running, "correct horse")).isEqualTo(401);
      assertThat(post(running, "/v1/account/reset/password", change.formatted("third one")))
          .isEqualTo(403);
      assertThat(browser.step(link.group(1)).status()).isEqualTo(404);
      assertThat(server.mails()).hasSize(1);
      assertThat(running.log()).doesNotContain(link.group(2));
    }
  }

  @Test
  void anAccountThatSignsInElsewhereGetsNoPassword() throws Exception {
    try (MailServer server = new MailServer();
        RunningRollcall running = Plan.in(folder).yaml(YAML.formatted(server.port())).start()) {
      for (String name : List.of("ann", "bob")) {
        String email = name + "@example.org";
        post(running, "/register", People.credentials(email, "correct horse"));
      }
      execute("UPDATE account SET password = NULL WHERE email_key = 'ann@example.org'");
      assertThat(post(running, "/v1/account/reset", "{\"email\":\"ann@example.org\"}"))
          .isEqualTo(202);
      assertThat(post(running, "/v1/account/reset", "{\"email\":\"bob@example.org\"}"))
          .isEqualTo(202);
      await().atMost(PATIENCE).until(() -> !server.mails().isEmpty());
      String code = "a-link-from-before";
      execute(
          "INSERT INTO password_reset (account_id, secret, ends_at) SELECT id, '"
              + Digests.of(code)
              + "', 99999999999999 FROM account WHERE email_key = 'ann@example.org'");
      assertThat(
              post(
                  running,
                  "/v1/account/reset/password",
                  "{\"code\":\"" + code + "\",\"new_password\":\"battery staple\"}"))
          .isEqualTo(403);
      assertThat(login(running, "battery staple")).isEqualTo(401);
      assertThat(server.mails()).singleElement().asString().contains("<bob@example.org>");
    }
  }

  private void execute(String sql) throws SQLException {
    String file = "jdbc:sqlite:" + folder.resolve("rollcall-data/rollcall.db");
    try (Connection connection = DriverManager.getConnection(file + "?busy_timeout=10000");
        Statement statement = connection.createStatement()) {
      assertThat(statement.executeUpdate(sql)).isOne();
    }
  }

  @Test
  void mailsOfOneAccountAreLimitedAndWithoutAChannelThereAreNone() throws Exception {
    try (MailServer server = new MailServer();
        RunningRollcall running = Plan.in(folder).yaml(YAML.formatted(server.port())).start()) {
      for (int i = 0; i < 3; i++) {
        assertThat(post(running, "/v1/account/reset", "{\"email\":\"ann@example.org\"}"))
            .isEqualTo(202);
      }
      assertThat(post(running, "/v1/account/reset", "{\"email\":\"ann@example.org\"}"))
          .isEqualTo(429);
      running.configure(YAML.substring(0, YAML.indexOf("channels:")));
      await().atMost(PATIENCE).until(() -> running.rows("/v1/channels").isEmpty());
      assertThat(post(running, "/v1/account/reset", "{\"email\":\"bob@example.org\"}"))
          .isEqualTo(409);
    }
  }
}
