package dev.rollcall.server;

import static dev.rollcall.server.Browser.field;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.server.app.MigratedPostgres;
import dev.rollcall.server.sql.TestDatabases;
import java.sql.Connection;
import java.sql.Statement;
import org.junit.jupiter.api.Test;

/// The same on PostgreSQL, and what needs the time to pass: another client of the database can set
/// it back.
class SecondFactorPostgresIT extends SecondFactorIT {
  private final String database = MigratedPostgres.freshUrl();

  @Override
  String database() {
    return database;
  }

  private void write(String statement) throws Exception {
    try (Connection connection = TestDatabases.connection(database);
        Statement all = connection.createStatement()) {
      assertThat(all.executeUpdate(statement)).isPositive();
    }
  }

  @Test
  void aSessionThatIsNoLongerFreshNeedsACodeForWhatOnlyThePersonMay() throws Exception {
    Enrolled old = enrolled("old@example.org");
    String session = loginWith(old.email(), old.codes().get(0)).json().stringValue();
    write("UPDATE session SET created_at = created_at - 11 * 60 * 1000");
    String change = "{\"password\":\"%s\",\"new_password\":\"another horse\"%s}";
    assertThat(changed(session, change.formatted("correct horse", ""))).isEqualTo(401);
    assertThat(changed(session, change.formatted("correct horse", ",\"Code\":\"000000\"")))
        .isEqualTo(401);
    String code = ",\"Code\":\"" + old.codes().get(1) + "\"";
    assertThat(changed(session, change.formatted("correct horse", code))).isEqualTo(200);
  }

  @Test
  void thePasswordCountsForFiveMinutes() throws Exception {
    Enrolled slow = enrolled("slow@example.org");
    Browser browser = browser();
    browser.form(
        "/account/login", field("email", slow.email()) + field("password", "correct horse"));
    write("UPDATE pending_sign_in SET ends_at = ends_at - 5 * 60 * 1000");
    assertThat(browser.after(browser.form("/account/code", field("code", slow.codes().get(0)))))
        .contains("the time is over");
  }

  // No database decides what these are about: they run on SQLite alone.

  @Override
  void anAppIsAddedWithPasswordAndCodeAndShowsItsSecretInThreeForms() {}

  @Override
  void withoutAFactorThereAreNoRecoveryCodes() {}

  @Override
  void whatIsNoPasskeyIsRefusedAndNoError() {}
}
