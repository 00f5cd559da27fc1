package dev.rollcall.server.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.server.config.ConfigFiles;
import dev.rollcall.server.config.Mistakes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReloadTest {
  @TempDir Path folder;

  private final List<Integer> applied = new ArrayList<>();
  private final List<String> logged = new ArrayList<>();
  private final Logger logger = Logger.getLogger(Reload.class.getName());
  private final Handler listener =
      new Handler() {
        @Override
        public void publish(LogRecord message) {
          logged.add(new SimpleFormatter().formatMessage(message));
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };
  private Reload reload;
  private boolean refuses;

  @BeforeEach
  void start() throws IOException {
    logger.setUseParentHandlers(false);
    logger.addHandler(listener);
    write("services: [{name: a, url: 'http://a'}]");
    Configuration.Origin origin =
        new Configuration.Origin(
            Map.of(), Map.of(), new ConfigFiles(folder, Optional.empty()), FileServices.TOLERANT);
    reload =
        new Reload(
            origin,
            origin.read(new Mistakes()).orElseThrow(),
            configuration -> {
              applied.add(configuration.services().size());
              return !refuses;
            },
            _ -> {});
  }

  @AfterEach
  void stop() {
    logger.removeHandler(listener);
    logger.setUseParentHandlers(true);
  }

  @Test
  void appliesNewServicesAtOnce() throws IOException {
    write("services: [{name: a, url: 'http://a'}, {name: b, url: 'http://b'}]");
    reload.run();
    assertThat(applied).containsExactly(2);
    assertThat(logged).isEmpty();
  }

  @Test
  void refusesAFileWithMistakesWholeAndSaysThem() throws IOException {
    write(
        """
        services: [{name: a, url: 'http://a'}, {name: b, url: 'http://b'}]
        porte: 1
        name: '{0}'
        host: ' '
        """);
    reload.run();
    assertThat(applied).isEmpty();
    assertThat(logged)
        .containsExactly(
            "rollcall.yaml was rejected, the previous configuration stays in use:",
            "rollcall.yaml:2: porte: unknown key, did you mean port?",
            "rollcall.yaml:4: host: \" \" is no host: give a name or an address, without a port");
  }

  @Test
  void tellsWhyAFileIsRefusedUntilItIsRight() throws IOException {
    write("services: [{name: a, url: 'http://a'}]\nporte: 1\nnam: x");
    reload.run();
    assertThat(reload.refusal())
        .hasValue(
            "rollcall.yaml:2: porte: unknown key, did you mean port?; and 1 more, see the log");
    write("services: [{name: a, url: 'http://a'}]");
    reload.run();
    assertThat(reload.refusal()).isEmpty();
  }

  @Test
  void refusesAFileThatWasEmptied() throws IOException {
    for (String empty : List.of("", "# nothing\n")) {
      write(empty);
      reload.run();
      assertThat(applied).isEmpty();
      assertThat(reload.refusal())
          .hasValueSatisfying(why -> assertThat(why).contains("restore it"));
    }
    write("fewer-services: true");
    reload.run();
    assertThat(applied).containsExactly(0);
    assertThat(reload.refusal()).isEmpty();
  }

  @Test
  void namesTheSectionsThatChanged() throws IOException {
    String channels = "channels: [{name: c, type: alert-uri, url: 'http://a.example/%s'}]\n";
    write(channels.formatted("1"));
    reload.run();
    reload.run();
    write(channels.formatted("2"));
    reload.run();
    write(
        """
        public-url: https://r.example
        accounts: {sso: [{name: s, issuer: 'https://i.example', client-id: r}]}
        """);
    reload.run();
    assertThat(logged)
        .containsExactly(
            "rollcall.yaml was read again; applied now: channels",
            "rollcall.yaml was read again; applied now: channels",
            "rollcall.yaml was read again; applied now: public-url, channels, accounts.sso");
  }

  @Test
  void namesTheSettingsThatWaitForTheNextStart() throws IOException {
    write("services: [{name: a, url: 'http://a'}]\nport: 1\nlog: {level: debug}");
    reload.run();
    assertThat(applied).containsExactly(1);
    assertThat(logged)
        .containsExactly(
            "rollcall.yaml was read again; applied now: log.level",
            "rollcall.yaml was read again; applied at the next start only: port");
    logged.clear();
    write(
        """
        services: [{name: a, url: 'http://a'}]
        port: 1
        log: {level: debug}
        monitor: {interval: 1h}
        """);
    reload.run();
    assertThat(logged)
        .containsExactly(
            "rollcall.yaml was read again; applied now: monitor.interval",
            "rollcall.yaml was read again; applied at the next start only: port");
    assertThat(reload.refusal()).isEmpty();
  }

  @Test
  void saysNothingOfChangesWhereTheServicesAreRefused() throws IOException {
    refuses = true;
    write("port: 1\nlog: {level: debug}");
    reload.run();
    assertThat(applied).containsExactly(0);
    assertThat(logged).isEmpty();
    refuses = false;
    write("log: {level: debug}");
    reload.run();
    assertThat(logged).containsExactly("rollcall.yaml was read again; applied now: log.level");
  }

  private void write(String text) throws IOException {
    Files.writeString(folder.resolve("rollcall.yaml"), text);
  }
}
