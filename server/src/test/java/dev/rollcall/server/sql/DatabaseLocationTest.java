package dev.rollcall.server.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rollcall.server.sql.DatabaseLocation.PostgresServer;
import dev.rollcall.server.sql.DatabaseLocation.SqliteFile;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DatabaseLocationTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "jdbc:postgresql://db/rollcall | db/rollcall | '' | ''",
        "postgres://ann:s%40crt@db:5433/rollcall | db:5433/rollcall | ann | s@crt",
        "postgresql://ann@db/rollcall?sslmode=require | db/rollcall?sslmode=require | ann | ''",
        "jdbc:postgresql://a:1,b:2/r?user=ann&password=a+b&ssl=true | a:1,b:2/r?ssl=true | ann |"
            + " a+b",
        "postgres://[::1]:5433,my_db/r | [::1]:5433,my_db/r | '' | ''",
        "postgres:///r | /r | '' | ''",
        "postgres://db | db/ | '' | ''",
        "postgresql://a,b:2/r?targetServerType=primary&ssl=true | a,b:2/r?ssl=true | '' | ''",
        "postgresql://a,b/r?target_session_attrs=read-write | a,b/r | '' | ''",
      })
  void takesUserAndPasswordOutOfAUrl(String text, String address, String user, String password) {
    assertThat(DatabaseLocation.parse(text, Path.of("")))
        .isEqualTo(new PostgresServer(address, user, password));
  }

  @Test
  void takesAnythingElseForAFile() {
    assertThat(DatabaseLocation.parse("data/rollcall.db", Path.of("")))
        .isEqualTo(new SqliteFile(Path.of("data/rollcall.db")))
        .isEqualTo(DatabaseLocation.parse("sqlite:data/rollcall.db", Path.of("")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a?b=c", "a:b:c", "x://y?z#%41", " ", "sqlite:x"})
  void takesAnyNameAfterSqlite(String name) {
    assertThat(DatabaseLocation.parse("sqlite:/data/" + name, Path.of("/")))
        .isEqualTo(new SqliteFile(Path.of("/data/" + name)));
    assertThat(DatabaseLocation.parse("sqlite:a:" + name, Path.of("/")))
        .isEqualTo(new SqliteFile(Path.of("/a:" + name)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "mysql://ann:secret@db/x",
        "jdbc:oracle:thin:ann/secret@db",
        "postgresql://ann:sec/secret@db/x",
        "postgresql://ann:12/secret@db/x",
        "postgresql://ann:12?secret@db/x",
        "postgresql://ann:sec?secret#t@db/x",
        "postgresql://ann:sec@secret@db/x",
        "postgresql://ann:secret@db:99999/x",
        "postgresql://ann:secret@db:abc/x",
        "postgresql://ann:secret@db/x/y",
        "postgresql://ann:secret@a,b/x?targetServerType=preferSecondary",
        "postgresql://ann:secret@a,b/x?loadBalanceHosts=true"
      })
  void refusesWhatIsNeitherWithoutSayingItsPassword(String text) {
    assertThatThrownBy(() -> DatabaseLocation.parse(text, Path.of("")))
        .isInstanceOf(IllegalArgumentException.class)
        .message()
        .doesNotContain("secret");
  }

  @Test
  void neverShowsAPassword() {
    assertThat(
            DatabaseLocation.parse(
                "postgres://ann:secret@db/rollcall?sslpassword=secret", Path.of("")))
        .hasToString("database postgresql://db/rollcall");
    assertThat(DatabaseConfig.of(new PostgresServer("db/rollcall", "ann", "secret")).toString())
        .doesNotContain("secret");
  }
}
