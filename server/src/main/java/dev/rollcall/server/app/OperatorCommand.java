package dev.rollcall.server.app;

import dev.rollcall.server.account.Accounts;
import dev.rollcall.server.account.signin.OperatorRequest;
import dev.rollcall.server.http.Refusal;
import dev.rollcall.server.httpclient.NoAnswer;
import dev.rollcall.server.httpclient.ServerClient;
import dev.rollcall.server.secret.InstallationKey;
import dev.rollcall.server.sql.Database;
import dev.rollcall.server.sql.DatabaseConfig;
import dev.rollcall.server.sql.DatabaseLocation;
import dev.rollcall.server.sql.GroupCommit;
import dev.rollcall.server.sql.StorageException;
import dev.rollcall.server.time.Clock;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/// `rollcall operator`: a setup code with which somebody registers as an operator, or another
/// password of an account, whose second factors are removed. Beside a running server it asks the
/// server, since SQLite has one process; otherwise it writes to the database itself.
///
/// @param configured the configuration of `serve`; empty if it has mistakes, which were reported
record OperatorCommand(Function<ParseResult, Optional<Configuration>> configured)
    implements Command {
  private static final String RESET = "--reset";
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final int LARGEST = 64 * 1024;

  /// The command with its flags.
  CommandSpec spec() {
    return Flags.configured(
        AllSettings.SERVE,
        Commands.command(
                "operator",
                "Make a code with which somebody registers as an operator, or give an account"
                    + " another password and remove its second factors. Use the configuration of"
                    + " serve.",
                this)
            .addOption(
                OptionSpec.builder(RESET)
                    .paramLabel("EMAIL")
                    .type(String.class)
                    .description(
                        "give this account another password, remove its second factors, and end"
                            + " its sessions")
                    .build()));
  }

  @Override
  public int run(ParseResult given) throws InterruptedException {
    Optional<Configuration> configuration = configured.apply(given);
    if (configuration.isEmpty()) {
      return MISTAKE;
    }
    ServeSettings settings = configuration.get().settings();
    Optional<String> reset = Optional.ofNullable(given.matchedOptionValue(RESET, null));
    InstallationKey key = new InstallationKey(settings.storage().data(), settings.secretKey());
    String made = made(settings, key, reset);
    given
        .commandSpec()
        .commandLine()
        .getOut()
        .println(
            reset
                .map(email -> "the password of " + email + " is now: " + made)
                .orElse("register with this setup code, once: " + made));
    return OK;
  }

  private static String made(ServeSettings settings, InstallationKey key, Optional<String> reset)
      throws InterruptedException {
    requireDatabase(settings);
    try {
      return inDatabaseOrOfServer(settings, key, reset);
    } catch (UncheckedIOException e) {
      throw new CannotRun(String.valueOf(e.getMessage()));
    } catch (Refusal e) {
      throw new CannotRun(String.valueOf(e.getMessage()));
    }
  }

  /// A code in a new database of the wrong folder would be of no use.
  private static void requireDatabase(ServeSettings settings) {
    if (settings.storage().database() instanceof DatabaseLocation.SqliteFile(Path file)
        && !Files.exists(file)) {
      throw new CannotRun(
          "there is no database in " + file.getParent() + ": give --data, or start serve first");
    }
  }

  private static String inDatabaseOrOfServer(
      ServeSettings settings, InstallationKey key, Optional<String> reset)
      throws InterruptedException {
    try {
      return inDatabase(settings, key, reset);
    } catch (StorageException e) {
      if (!e.isInUse()) {
        throw new CannotRun(e.reason());
      }
    }
    return ofServer(settings, key, reset);
  }

  private static String inDatabase(
      ServeSettings settings, InstallationKey key, Optional<String> reset)
      throws InterruptedException {
    DataFolder.open(settings.storage().data());
    DatabaseConfig config = Tables.in(settings.storage().database());
    try (Database database = Database.open(config, Clock.system());
        GroupCommit commits = new GroupCommit(database);
        Accounts accounts =
            new Accounts(database, commits, settings.accounts(), key, database.clock())) {
      return reset.isPresent() ? accounts.newPassword(reset.get()) : accounts.newSetupCode();
    }
  }

  private static String ofServer(
      ServeSettings settings, InstallationKey key, Optional<String> reset)
      throws InterruptedException {
    Listener main = settings.web().main();
    URI at = URI.create(main.url(main.port()) + settings.web().base().text());
    OperatorRequest request = OperatorRequest.of(key, reset, Clock.system().wall());
    try (ServerClient client = new ServerClient(Optional.empty(), Map.of(), PATIENCE)) {
      HttpResponse<byte[]> answer = client.send(request.to(at).build(), LARGEST);
      return request.made(answer.statusCode(), new String(answer.body(), StandardCharsets.UTF_8));
    } catch (NoAnswer e) {
      throw new CannotRun(
          "a server uses the database, but none answers at "
              + at
              + ": give its --port and --base-path, or stop it");
    }
  }
}
