package dev.rollcall.server;

import static dev.rollcall.server.RunningRollcall.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rollcall.server.app.MigratedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// The same on PostgreSQL.
class AccountsPostgresIT extends AccountsIT {
  private final String database = MigratedPostgres.freshUrl();

  @Override
  String database() {
    return database;
  }

  @Test
  void whatOneProcessRevokesTheOtherRefuses() throws IOException {
    String session = loggedIn("both@example.org");
    String body = "{\"name\":\"both\",\"scopes\":[\"read\"]}";
    JsonNode made =
        post("/v1/tokens", body, "Authorization", session).json().at("/data/token/data");
    String token = made.get("token").stringValue();
    Path other = Files.createDirectory(folder.resolve("other"));
    try (RunningRollcall second =
        RunningRollcall.Plan.in(other).flags("--database=" + database(), "--roles=api").start()) {
      assertThat(account(second, token)).isEqualTo(200);
      long id = made.get("id").asLong();
      String path = "/v1/tokens/" + id;
      assertThat(rollcall().send("DELETE", path, "", "Authorization", session).status())
          .isEqualTo(200);
      await().atMost(PATIENCE).until(() -> account(second, token) == 401);
    }
  }

  private static int account(RunningRollcall one, String token) {
    return one.send("GET", "/v1/account", "", "Authorization", token).status();
  }

  // No database decides what these are about: they run on SQLite alone.

  @Override
  void acceptsNoTokenThatItHasNotSigned() {}

  @Override
  void passwordsAreCountedInCharacters() {}

  @Override
  void mistakesOfAnotherPasswordSayWhatIsWrong() {}

  @Override
  void answersAboutAccountsAreNotKeptByCaches() {}

  @Override
  void formsWorkBehindAProxyThatAsksForAPasswordOfItsOwn() {}

  @Override
  void theCookieIsForThisServerAloneAndForTlsBehindIt() {}
}
