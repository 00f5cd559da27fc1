package dev.rollcall.server.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.net.httpserver.HttpServer;
import dev.rollcall.server.config.Setting;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CommandsTest {
  @TempDir Path directory;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private final KeptLog log = new KeptLog();
  private Map<String, String> environment = Map.of();

  @AfterEach
  void restoreLog() {
    log.restore();
  }

  @Test
  void showsEverySettingWithItsDefaultAndTheOlderNames() {
    assertThat(execute("serve", "--help")).isEqualTo(Command.OK);
    String unwrapped = out.toString().replaceAll("\\s+", "");
    for (Setting<?> setting : AllSettings.of(AllSettings.SERVE)) {
      assertThat(unwrapped).contains(setting.flag()).contains(setting.standard());
      setting.aliases().forEach(alias -> assertThat(unwrapped).contains(alias.variable()));
    }
    assertThat(out.toString()).doesNotContain("train");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "serve --prot 1; rollcall serve: --prot: unknown flag, did you mean --port?",
        "serve --monitor-intervall=1s; rollcall serve: --monitor-intervall: unknown flag, did you"
            + " mean --monitor-interval?",
        "serve now; rollcall serve: now: unknown argument: remove it",
        "srve; rollcall: srve: unknown command, did you mean serve?",
        "Serve; rollcall: Serve: unknown command, did you mean serve?",
        "version; rollcall: version: unknown command, did you mean --version?",
        "start; rollcall: start: unknown command: use one of channel, check, collect, config,"
            + " help, maintenance, measure, merge, operator, ping, serve, targets, traceroute",
        "serve help; rollcall serve: help: unknown argument, did you mean --help?",
        "--port=1 serve; rollcall: --port: unknown flag: write it after the command, as in rollcall"
            + " serve --port",
        "ping -D 127.0.0.1; rollcall ping: -D: unknown flag: remove it, or see rollcall ping --help"
            + " for those there are",
        "traceroute 127.0.0.1 b; rollcall traceroute: b: unknown argument: remove it",
        "traceroute -p 80 127.0.0.1; rollcall traceroute: --port: needs udp or tcp: add -U or -T,"
            + " or remove this flag",
        "ping -c 1000000000000 127.0.0.1; 'rollcall ping: --count: \"1000000000000\" is out of"
            + " range: give a whole number from 1 to 1000000000'",
        "help srve; rollcall help: srve: unknown command, did you mean serve?",
        "help serve now; rollcall help: now: unknown command: remove it",
        "config chek; rollcall config: chek: unknown command, did you mean check?",
        "check --servce=a; rollcall check: --servce: unknown flag, did you mean --service?",
        "check; 'rollcall check: URL: is missing: give a URL, or a service with --service"
            + " NAME'",
        "check --timeout=0s http://a; 'rollcall check: --timeout: \"0s\" is out of range: give 1ms"
            + " at least and 10m at most'",
        "check htps://a; 'rollcall check: htps://a: \"htps\" is not a supported scheme, did you"
            + " mean https?'",
        "check tcp://localhost; 'rollcall check: tcp://localhost: \"tcp://localhost\" names no"
            + " port: write it as tcp://host:port'",
        "check www.example.com; 'rollcall check: www.example.com: has no scheme: did you mean"
            + " https://www.example.com?'",
        "check localhost:8080/a; 'rollcall check: localhost:8080/a: has no scheme: did you mean"
            + " http://localhost:8080/a?'",
        "check x:y@www.example.com/?a=b; 'rollcall check: www.example.com/: the URL has no scheme:"
            + " write it as scheme://host:port'",
        "nonsense --help; rollcall: nonsense: unknown command: use one of channel, check, collect,"
            + " config, help, maintenance, measure, merge, operator, ping, serve, targets,"
            + " traceroute",
        "config chek --help; rollcall config: chek: unknown command, did you mean check?",
        "serve --interval=5s; rollcall serve: --interval: unknown flag, did you mean"
            + " --measure-interval or --monitor-interval or --targets-interval?",
        "check --service=a; 'rollcall check: --service: \"a\" is no service of rollcall.yaml, which"
            + " has none: name a file that has with --config'",
        "channel tst ops; rollcall channel: tst: unknown command, did you mean test?",
        "channel test; 'rollcall channel test: NAME: is missing: see rollcall channel test --help'",
        "channel test ops --server=localhost:8080; 'rollcall channel test: --server:"
            + " \"localhost:8080\" is no URL of a server: write it as http://localhost:8080'",
        "channel preview; 'rollcall channel preview: NAME: is missing: see rollcall channel preview"
            + " --help'",
        "channel test ops --token-file=none; 'rollcall channel test: --token-file: none cannot be"
            + " read, or contains no token'",
        "maintenance strt; rollcall maintenance: strt: unknown command, did you mean start?",
        "maintenance end; 'rollcall maintenance end: ID: is missing: see rollcall maintenance end"
            + " --help'",
        "merge; 'rollcall merge: FILE: is missing: name the files to join'",
        "ping; 'rollcall ping: HOST: is missing: name a host, or a block of addresses with --sweep"
            + " CIDR'",
        "ping --count=0 127.0.0.1; 'rollcall ping: --count: \"0\" is out of range: give a whole"
            + " number from 1 to 1000000000'",
        "ping --timeout=11m 127.0.0.1; 'rollcall ping: --timeout: \"11m\" is out of range: give"
            + " 1ms at least and 10m at most'",
        "ping --sweep=10.0.0.0/8; 'rollcall ping: --sweep: \"10.0.0.0/8\" has more than 65536"
            + " addresses: give a smaller block'",
        "ping --sweep=127.0.0.1/8; 'rollcall ping: --sweep: \"127.0.0.1/8\" has bits beyond its"
            + " prefix: write it as 127.0.0.0/8'",
        "traceroute; 'rollcall traceroute: HOST: is missing: see rollcall traceroute --help'",
        "traceroute --method=gre 127.0.0.1; 'rollcall traceroute: --method: \"gre\" is none of"
            + " icmp, udp, tcp: choose one of them'",
        "traceroute -I -T 127.0.0.1; 'rollcall traceroute: --method: contradicts another flag: give"
            + " one of -I, -U, -T and --method'",
        "traceroute -w 5,3,10 127.0.0.1; 'rollcall traceroute: --timeout: \"5,3,10\" is no"
            + " duration: write it as 250ms, 15s, 1m30s, 2h, 30d or 2W'",
        "traceroute --max-ttl=65 127.0.0.1; 'rollcall traceroute: --max-ttl: \"65\" is out of"
            + " range: give a whole number from 1 to 64'",
        "traceroute --count=3 127.0.0.1; 'rollcall traceroute: --count: needs --mtr: add it, or"
            + " remove this flag'",
        "traceroute --as-numbers=none 127.0.0.1; 'rollcall traceroute: --as-numbers: \"none\""
            + " cannot be read: name a file with a line for each block'",
        "ping none.invalid; 'rollcall ping: none.invalid: has no address: check its name, and the"
            + " name server of this machine'",
        "traceroute ping://[::1]; 'rollcall traceroute: ping://[::1]: is no host: give a name or an"
            + " address, without scheme, path and port'",
        "ping --ipv6 127.0.0.1; 'rollcall ping: 127.0.0.1: has no IPv6 address: leave out --ipv6'",
        "ping -4 ::1; 'rollcall ping: ::1: has no IPv4 address: leave out --ipv4'",
        "ping -4 -6 localhost; 'rollcall ping: --ipv4: contradicts --ipv6: give one of them'",
        "ping -i 0 127.0.0.1; 'rollcall ping: --interval: \"0\" is out of range: give 1ms at"
            + " least and 1d at most'",
        "ping -i 0.0001 127.0.0.1; 'rollcall ping: --interval: \"0.0001\" is out of range: give"
            + " 1ms at least and 1d at most'",
        "ping -c; 'rollcall ping: --count: has no value: write --count=NUMBER'",
        "ping -s 31 127.0.0.1; 'rollcall ping: --size: \"31\" is out of range: give a whole number"
            + " from 32 to 9000'",
        "serve --port; rollcall serve: --port: has no value: write --port=PORT",
        "serve --port=1 --port=2; rollcall serve: --port: is given twice: give it once",
        "config check --port=x; 'command line: --port: \"x\" is no port: give a whole number from 0"
            + " to 65535'",
        "config check --config=a.yaml; a.yaml: file: does not exist: name one that does with"
            + " --config or ROLLCALL_CONFIG",
      })
  void answersAMistakeWithOneLine(String arguments, String line) {
    assertThat(execute(arguments.split(" "))).isEqualTo(Command.MISTAKE);
    assertThat(err.toString().lines()).containsExactly(line);
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void showsItsHelpAsAMistakeWhenNoCommandIsNamed() {
    assertThat(execute()).isEqualTo(Command.MISTAKE);
    assertThat(err.toString()).contains("serve", "config").doesNotContain("train");
  }

  @Test
  void saysItsVersion() {
    assertThat(execute("--version")).isEqualTo(Command.OK);
    assertThat(out.toString()).startsWith("rollcall ");
  }

  @Test
  void saysHowManyServicesARightConfigurationHas() throws IOException {
    Files.writeString(
        directory.resolve("rollcall.yaml"),
        "services: [{name: a, url: 'http://a'}, {name: b, url: 'http://b'}]");
    assertThat(execute("config", "check", "--monitor-keep-alive")).isEqualTo(Command.OK);
    assertThat(out.toString()).isEqualToIgnoringNewLines("ok: 2 services");
  }

  @Test
  void reportsTheMistakesInTheListOfThoseWhoOptedOutWithAllOthers() throws IOException {
    Files.writeString(directory.resolve("out.txt"), "192.0.2.0/24 # theirs\nnobody\n");
    Files.writeString(
        directory.resolve("rollcall.yaml"), "targets: {opt-out: out.txt, most: none}");
    assertThat(execute("config", "check")).isEqualTo(Command.MISTAKE);
    assertThat(err.toString()).contains("targets.most", "out.txt, line 2: \"nobody\"");
    Files.writeString(directory.resolve("rollcall.yaml"), "targets: {opt-out: away.txt}");
    execute("config", "check");
    assertThat(err.toString()).contains("away.txt cannot be read");
  }

  @Test
  void offersToAskAServerItselfWhereItsPortIsAskedForAConnectionAlone() throws IOException {
    Files.writeString(
        directory.resolve("rollcall.yaml"),
        "services: [{name: shop, url: 'tcp://db.example:3306'}]");
    assertThat(execute("config", "check")).isEqualTo(Command.OK);
    assertThat(out.toString()).isEqualToIgnoringNewLines("ok: 1 service");
    assertThat(err.toString())
        .isEqualToIgnoringNewLines(
            "service shop: tcp://db.example:3306 only opens a connection, which the server counts"
                + " as an error and which may get this host blocked: mysql://db.example, with user"
                + " and password, checks the server itself");
  }

  @Test
  void warnsOfAProviderThatLetsEverybodyIn() throws IOException {
    String file =
        """
        public-url: https://status.example.org
        accounts:
          registration: %s
          sso: [{name: g, issuer: "https://accounts.google.com", client-id: r%s}]
        """;
    Path yaml = directory.resolve("rollcall.yaml");
    Files.writeString(yaml, file.formatted("open", ""));
    assertThat(execute("config", "check")).isEqualTo(Command.OK);
    assertThat(err.toString())
        .isEqualToIgnoringNewLines(
            "accounts.sso: everybody who has an account at accounts.google.com gets one here by g:"
                + " give allowed-domains, or close the registration");
    err.getBuffer().setLength(0);
    Files.writeString(yaml, file.formatted("closed", ""));
    assertThat(execute("config", "check")).isEqualTo(Command.OK);
    Files.writeString(yaml, file.formatted("open", ", allowed-domains: example.org"));
    assertThat(execute("config", "check")).isEqualTo(Command.OK);
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void saysWhereItLookedForAConfiguration() {
    assertThat(execute("config", "check")).isEqualTo(Command.OK);
    assertThat(out.toString())
        .isEqualToIgnoringNewLines(
            "ok: 0 services; there is no rollcall.yaml in "
                + directory
                + ": name another file with --config or ROLLCALL_CONFIG");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "serve",
        "collect",
        "targets",
        "measure",
        "config",
        "config check",
        "check",
        "channel",
        "channel test",
        "channel preview",
        "maintenance",
        "maintenance start",
        "maintenance end",
        "maintenance list",
        "merge",
        "help",
        ""
      })
  void printsOfItsHelpWhatIsMeantForTheReader(String command) {
    assertThat(execute(("help " + command).strip().split(" "))).isEqualTo(Command.OK);
    assertThat(out.toString()).doesNotContain("null").doesNotContain("%n");
    if (out.toString().contains("A secret can")) {
      assertThat(out.toString())
          .contains("${file:/path} in rollcall.yaml, where ${NAME} is a variable");
    }
  }

  @Test
  void namesEachUrlThatCannotBeAsked() {
    assertThat(execute("check", "htps://a", "b.example", "tcp://c")).isEqualTo(Command.MISTAKE);
    assertThat(err.toString().lines())
        .containsExactly(
            "rollcall check: htps://a: \"htps\" is not a supported scheme, did you mean https?",
            "rollcall check: b.example: has no scheme: did you mean https://b.example?",
            "rollcall check: tcp://c: \"tcp://c\" names no port: write it as tcp://host:port");
  }

  @Test
  void showsWhatTheReceiverOfAChannelAnswered() throws IOException {
    Files.writeString(directory.resolve("token"), "secret\n");
    List<String> asked = new CopyOnWriteArrayList<>();
    Deque<String> answers = new ConcurrentLinkedDeque<>();
    HttpServer server = answering(asked, answers);
    try {
      String url = "--server=http://127.0.0.1:" + server.getAddress().getPort() + "/base/";
      String[] test = {"channel", "test", url, "--token-file=token", "ops"};
      String data = "{\"status\":200,\"data\":{\"test\":{\"data\":{%s,\"took_ms\":182.5}}}}";
      answers.add(data.formatted("\"result\":\"sent\",\"answer\":\"status 200: ok\""));
      assertThat(execute(test)).isEqualTo(Command.OK);
      answers.add(data.formatted("\"result\":\"failed\",\"reason\":\"status 404: no_service\""));
      assertThat(execute(test)).isEqualTo(Command.TROUBLE);
      assertThat(out.toString().lines())
          .containsExactly(
              "sent after 183 ms: status 200: ok", "failed after 183 ms: status 404: no_service");
      answers.add("{\"status\":404,\"errors\":[\"there is no channel ops\"]}");
      assertThat(execute(test)).isEqualTo(Command.TROUBLE);
      answers.add("hello");
      assertThat(execute(test)).isEqualTo(Command.TROUBLE);
    } finally {
      server.stop(0);
    }
    assertThat(asked).containsOnly("POST /base/v1/channels/ops/test Bearer secret ");
    assertThat(execute("channel", "test", "ops", "--server=http://127.0.0.1:1"))
        .isEqualTo(Command.TROUBLE);
    assertThat(err.toString().lines())
        .satisfiesExactly(
            line -> assertThat(line).isEqualTo("rollcall: there is no channel ops"),
            line -> assertThat(line).contains("is no Rollcall (status 200)"),
            line -> assertThat(line).contains("no server answers at http://127.0.0.1:1: start"));
  }

  @Test
  void asksTheServerOfTheConfigurationAsServeReadsIt() throws IOException {
    List<String> asked = new CopyOnWriteArrayList<>();
    Deque<String> answers = new ConcurrentLinkedDeque<>();
    HttpServer server = answering(asked, answers);
    int port = server.getAddress().getPort();
    Path yaml = directory.resolve("rollcall.yaml");
    Path other = directory.resolve("other.yaml");
    Files.writeString(directory.resolve("token"), "mine\n");
    try {
      // What is wrong elsewhere, and what only the server has, does not matter.
      String rest = "services: [{name: a, url: '${MISSING}'}]\nunknown: 1\n";
      Files.writeString(
          yaml, "port: " + port + "\nbase-path: /base\ntoken: theirs-theirs-theirs\n" + rest);
      Files.writeString(other, "host: 127.0.0.1\nport: " + port + "\ntoken: '${THEIRS}'\n");
      answers.add("{\"status\":200,\"data\":{\"maintenance\":{\"data\":[]}}}");
      assertThat(execute("maintenance", "list")).isEqualTo(Command.OK);
      answers.add("{\"errors\":[\"there is no channel ops\"]}");
      execute("channel", "test", "ops", "--token-file=token");
      answers.add("{\"errors\":[\"there is no channel ops\"]}");
      execute("channel", "test", "ops", "--server=http://127.0.0.1:" + port);
      answers.add("{\"errors\":[\"there is no channel ops\"]}");
      execute("channel", "preview", "ops", "--config=other.yaml", "--token-file=token");
      answers.add("{\"errors\":[\"there is no channel ops\"]}");
      environment =
          Map.of("ROLLCALL_PORT", Integer.toString(port), "THEIRS", "brought-brought-brought");
      execute("channel", "preview", "ops", "--config=other.yaml");
    } finally {
      server.stop(0);
    }
    assertThat(asked)
        .containsExactly(
            "GET /base/v1/maintenance Bearer theirs-theirs-theirs ",
            "POST /base/v1/channels/ops/test Bearer mine ",
            "POST /v1/channels/ops/test null ",
            "GET /v1/channels/ops/preview Bearer mine ",
            "GET /v1/channels/ops/preview Bearer brought-brought-brought ");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "port: x; rollcall.yaml:1: port: \"x\" is no port: give a whole number from 0 to 65535",
        "port: 0; port: 0 means any free port: give the URL with --server",
        "base-path: x; rollcall.yaml:1: base-path: \"x\" is no base path",
        "token: '${MISSING}'; rollcall.yaml:1: token: ",
        "a: b: c; rollcall.yaml:1",
      })
  void saysWhatIsWrongWithTheServerOfTheConfiguration(String yaml, String line) throws IOException {
    Files.writeString(directory.resolve("rollcall.yaml"), yaml + "\n");
    assertThat(execute("channel", "test", "ops")).isEqualTo(Command.MISTAKE);
    assertThat(err.toString()).startsWith("rollcall channel test: " + line);
    assertThat(execute("channel", "test", "ops", "--server=http://127.0.0.1:1"))
        .isEqualTo(Command.TROUBLE);
  }

  /// A server that answers with these texts, in turn, and notes what it was asked.
  private static HttpServer answering(List<String> asked, Deque<String> answers)
      throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          asked.add(
              exchange.getRequestMethod()
                  + " "
                  + exchange.getRequestURI()
                  + " "
                  + exchange.getRequestHeaders().getFirst("Authorization")
                  + " "
                  + new String(exchange.getRequestBody().readAllBytes(), UTF_8));
          String answer = answers.remove();
          byte[] body = answer.getBytes(UTF_8);
          exchange.sendResponseHeaders(answer.contains("errors") ? 404 : 200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
    return server;
  }

  @Test
  void startsEndsAndListsMaintenance() throws IOException {
    List<String> asked = new CopyOnWriteArrayList<>();
    Deque<String> answers = new ConcurrentLinkedDeque<>();
    HttpServer server = answering(asked, answers);
    try {
      String url = "--server=http://127.0.0.1:" + server.getAddress().getPort();
      String data = "{\"status\":200,\"data\":{\"maintenance\":{\"data\":%s}}}";
      answers.add(data.formatted("{\"id\":7,\"hint\":\"nothing has the tag web\"}"));
      assertThat(
              execute(
                  "maintenance",
                  "start",
                  url,
                  "--tag",
                  "web",
                  "--tag=db",
                  "--for",
                  "30m",
                  "new disks"))
          .isEqualTo(Command.OK);
      answers.add(
          data.formatted(
              "[{\"id\":7,\"state\":\"active\",\"title\":\"new disks\",\"tags\":[\"web\",\"db\"],"
                  + "\"for\":\"30m\",\"created_at\":1795780800},"
                  + "{\"id\":6,\"state\":\"over\",\"all\":true,\"created_at\":1795780800,"
                  + "\"ended_at\":1795780860},"
                  + "{\"id\":5,\"state\":\"scheduled\",\"title\":\"backup\",\"names\":\"shop\","
                  + "\"schedule\":\"0 3 * * *\",\"for\":\"1h\",\"created_at\":1795780800}]"));
      assertThat(execute("maintenance", "list", url)).isEqualTo(Command.OK);
      answers.add(data.formatted("{}"));
      assertThat(execute("maintenance", "end", "7", url)).isEqualTo(Command.OK);
      assertThat(out.toString().lines())
          .containsExactly(
              "7",
              "7 active new disks: web, db, from 2026-11-27T12:00:00Z for 30m",
              "6 over maintenance: everything, from 2026-11-27T12:00:00Z, ended"
                  + " 2026-11-27T12:01:00Z",
              "5 scheduled backup: shop, 0 3 * * * for 1h",
              "ended");
    } finally {
      server.stop(0);
    }
    assertThat(asked)
        .containsExactly(
            "POST /v1/maintenance null"
                + " {\"title\":\"new disks\",\"tags\":[\"web\",\"db\"],\"for\":\"30m\"}",
            "GET /v1/maintenance null ",
            "POST /v1/maintenance/7/end null ");
    assertThat(err.toString()).isEqualToIgnoringNewLines("nothing has the tag web");
  }

  @Test
  void warnsOfRoutesThatNothingFits() throws IOException {
    Files.writeString(
        directory.resolve("rollcall.yaml"),
        """
        channels:
          - {name: chat, type: webhook, url: 'http://a/', route: {tags: [prod, tset], groups: Shop,
             names: [s*p, bl*]}}
        services:
          - {name: shop, url: 'http://a/', tags: prod, notify: [chat, pagr]}
        heartbeats:
          - {name: backup, frequency: 1h, group: Shop, notify: chta}
        groups:
          - {name: Shop, rule: 2 of 3, group: All}
          - {name: All, rule: all}
          - {name: Blogs, rule: any}
        maintenance:
          - {title: disks, names: [sh*, blg, back*], tags: [prod, tset], groups: [Shop, Shp],
             schedule: '0 3 * * *', for: 1h}
          - {title: all, all: true, schedule: '0 3 * * *', for: 1h}
        """);
    assertThat(execute("config", "check")).isEqualTo(Command.OK);
    assertThat(err.toString().lines())
        .containsExactly(
            "shop: notify names the channel pagr, which is not in this file",
            "backup: notify names the channel chta, which is not in this file",
            "chat: route: no service, heartbeat or group of this file has the name bl*, the tag"
                + " tset",
            "Shop: its rule says 2 of 3, but its members in this file are 1",
            "Blogs: no service, heartbeat or group of this file lies in this group",
            "maintenance disks: no service, heartbeat or group of this file has the name blg, the"
                + " tag tset, the group Shp");
    assertThat(out.toString())
        .isEqualToIgnoringNewLines(
            "ok: 1 service, 1 heartbeat, 3 groups, 1 channel, 2 maintenance spans");
  }

  @Test
  void warnsOfThePlaceholdersOfOtherToolsInTemplates() throws IOException {
    Files.writeString(
        directory.resolve("rollcall.yaml"),
        """
        channels:
          - name: chat
            type: slack
            url: http://a/
            title: '$NAME is {{status}}'
            body: |
              {{name}} costs $NAMES
              [ENDPOINT_NAME] {% if status == 1 %}
          - {name: hook, type: webhook, url: 'http://a/', body: '{"text": "$NAME_JSON"}'}
        """);
    assertThat(execute("config", "check")).isEqualTo(Command.OK);
    assertThat(err.toString().lines())
        .containsExactly(
            "chat: title, line 1: $NAME is of healthchecks, and stays as it is: write {{name}}",
            "chat: body, line 2: [ENDPOINT_NAME] is of Gatus, and stays as it is: write {{name}}",
            "chat: body, line 2: {% if status == 1 %} is of Liquid, and stays as it is: write"
                + " {{#open}}...{{/open}}",
            "hook: body, line 1: $NAME_JSON is of healthchecks, and stays as it is: write"
                + " {{name}}");
    assertThat(out.toString()).isEqualToIgnoringNewLines("ok: 0 services, 2 channels");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "    title: {{name}}",
        "    title: {{name}} is {{status}}",
        "    body: {{ name }}\n    title: x",
        "    {title: {{name}}}",
        "    route: {names: x}\n    title: {{#open}}x{{/open}}",
      })
  void offersQuotesForATemplateThatYamlReadsAsAMap(String keys) throws IOException {
    Files.writeString(
        directory.resolve("rollcall.yaml"),
        "channels:\n  - name: chat\n    type: slack\n    url: http://a/\n" + keys + "\n");
    assertThat(execute("config", "check")).isEqualTo(Command.MISTAKE);
    assertThat(err.toString().lines())
        .singleElement()
        .asString()
        .endsWith("; a text that begins with {{ needs quotes: '{{name}}'")
        .doesNotContain("snakeyaml");
  }

  @Test
  void tellsEveryMistakeOfIncidents() throws IOException {
    Files.writeString(
        directory.resolve("rollcall.yaml"),
        """
        channels:
          - {name: chat, type: webhook, url: 'http://a/', route: {hours: always, after: x, kind: down}}
        services:
          - {name: shop, url: 'http://a/', depends-on: [db, blog], severity: bad, confirm: 0}
          - {name: blog, url: 'http://a/', depends-on: [shop, backup]}
        heartbeats:
          - {name: backup, frequency: 1h, depends-on: blog}
          - {name: report, frequency: 1h, schedule: '@daily', depends-on: backpu}
        maintenance:
          - {title: disks, tags: db}
          - {all: true, schedule: '0 3 * *', for: 1h}
        """);
    assertThat(execute("config", "check")).isEqualTo(Command.MISTAKE);
    assertThat(err.toString())
        .contains(
            "channels[0].route.hours: \"always\" is not understood",
            "channels[0].route.after: \"x\"",
            "channels[0].route.kind: unknown key, did you mean kinds?",
            "services[0].depends-on: \"db\" is no service, heartbeat or group with a rule",
            "services[0].depends-on: \"blog\" makes a circle: shop -> blog -> shop",
            "services[1].depends-on: \"shop\" makes a circle: blog -> shop -> blog",
            "services[1].depends-on: \"backup\" makes a circle: blog -> backup -> blog",
            "rollcall.yaml:7: heartbeats[0].depends-on: \"blog\" makes a circle: backup -> blog ->"
                + " backup",
            "heartbeats[1].depends-on: \"backpu\" is no service, heartbeat or group with a rule of"
                + " this file, did you mean backup?",
            "heartbeats[1].frequency: does not go with schedule",
            "services[0].severity: \"bad\" is no severity",
            "services[0].confirm: \"0\" is not between 1 and 100",
            "maintenance[0].from: is missing",
            "maintenance[1].schedule:");
  }

  @Test
  void takesAPlainNumberForSecondsWhereverADurationIsSet() throws IOException {
    Files.writeString(directory.resolve("rollcall.yaml"), "monitor: {interval: 20}");
    assertThat(execute("config", "check", "--monitor-timeout=5")).isEqualTo(Command.OK);
    assertThat(execute("check", "--timeout=0", "http://a")).isEqualTo(Command.MISTAKE);
    assertThat(err.toString().strip())
        .isEqualTo(
            "rollcall check: --timeout: \"0\" is out of range: give 1ms at least and 10m at most");
  }

  @Test
  void offersTheSettingOfWhichTheLastPartWasGiven() throws IOException {
    Files.writeString(directory.resolve("rollcall.yaml"), "interval: 5s");
    assertThat(execute("config", "check")).isEqualTo(Command.MISTAKE);
    assertThat(err.toString().strip())
        .isEqualTo(
            "rollcall.yaml:1: interval: unknown key, did you mean measure.interval or"
                + " monitor.interval or targets.interval?");
  }

  @Test
  void readsTheFileOfANodeWithItsKeysAtTheTop() throws IOException {
    Files.writeString(
        directory.resolve("config.yaml"),
        """
        node: -x
        output_file: ftp://host/results
        input_url: nonsense
        rate: 0
        ouput_file: x
        traceroute: sctp
        targets: [192.168.1.1, "[::1]"]
        max_ttl: 65
        measure: {count: 0, rate: 5}
        """);
    assertThat(execute("measure")).isEqualTo(Command.MISTAKE);
    assertThat(err.toString().lines())
        .allMatch(line -> line.startsWith("config.yaml:"))
        .hasSize(9)
        .anyMatch(line -> line.startsWith("config.yaml:1: node: \"-x\" is no name of a node: give"))
        .anyMatch(
            line -> line.startsWith("config.yaml:2: output_file: \"ftp://host/results\" is no"))
        .anyMatch(line -> line.startsWith("config.yaml:3: input_url: \"nonsense\" is no URL"))
        .anyMatch(line -> line.startsWith("config.yaml:4: rate: is given twice: remove it, or"))
        .anyMatch(
            line ->
                line.equals("config.yaml:5: ouput_file: unknown key, did you mean output_file?"))
        .anyMatch(
            line -> line.startsWith("config.yaml:6: traceroute: \"sctp\" is none of icmp, udp"))
        .anyMatch(
            line ->
                line.startsWith(
                    "config.yaml:7: targets: \"192.168.1.1,[::1]\" has an element (number 2) that"
                        + " is no host: write an IPv6 address without brackets and port"))
        .anyMatch(line -> line.startsWith("config.yaml:8: max_ttl: \"65\" is out of range"))
        .anyMatch(line -> line.startsWith("config.yaml:9: measure.count: \"0\" is out of range"));
  }

  @Test
  void saysThatANodeWithoutACollectorHasNowhereToSendItsResults() throws IOException {
    Files.writeString(directory.resolve("rollcall.yaml"), "roles: [runner, measure]");
    assertThat(execute("config", "check")).isEqualTo(Command.MISTAKE);
    assertThat(err.toString().strip())
        .isEqualTo(
            "rollcall.yaml:1: roles: \"runner,measure\" has no collector without api: add api, or"
                + " set measure.output-file");
  }

  @Test
  void saysThatAConfigurationIsEmpty() throws IOException {
    Files.writeString(directory.resolve("rollcall.yaml"), "# nothing\n");
    assertThat(execute("config", "check")).isEqualTo(Command.OK);
    assertThat(out.toString())
        .isEqualToIgnoringNewLines(
            "ok: 0 services; rollcall.yaml is empty: serve uses the defaults, and does not"
                + " start if its database contains services or heartbeats of a file");
  }

  @ParameterizedTest
  @CsvSource({
    "help, rollcall [",
    "help serve, rollcall serve",
    "help config check, rollcall config check",
    "help check, rollcall check",
    "help help, rollcall help"
  })
  void helpsWithACommandAsItsOwnFlagDoes(String arguments, String name) {
    assertThat(execute(arguments.split(" "))).isEqualTo(Command.OK);
    String shown = out.toString();
    assertThat(shown).startsWith("Usage: " + name);
    out.getBuffer().setLength(0);
    assertThat(execute((arguments.replaceFirst("help ?", "") + " --help").strip().split(" ")))
        .isEqualTo(Command.OK);
    assertThat(shown).isEqualTo(out.toString());
  }

  @Test
  void namesTheFileOfTheTargetPoolInItsHelp() {
    execute("targets", "--help");
    assertThat(out.toString().replaceAll("\\s+", " "))
        .contains("targets.db in the data folder", "ROLLCALL_TARGETS_PORT", "targets.port")
        .doesNotContain("rollcall.db");
  }

  @Test
  void asksAServiceWithAllThatTheFileSaysOfIt() throws IOException {
    try (ServerSocket open = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      String url = "tcp://127.0.0.1:" + open.getLocalPort();
      Files.writeString(
          directory.resolve("rollcall.yaml"),
          """
          services:
            - {name: open, url: '%s'}
            - {name: silent, url: '%s', expect: hello, timeout: 100ms}
          """
              .formatted(url, url));
      assertThat(execute("check", "--service", "open")).isEqualTo(Command.OK);
      assertThat(out.toString()).startsWith("open (" + url + ") is up\n  dns ");
      out.getBuffer().setLength(0);
      assertThat(execute("check", "--service=silent", "--service=open")).isEqualTo(Command.TROUBLE);
      assertThat(out.toString())
          .startsWith("silent (" + url + ") is down: timeout")
          .contains("open (" + url + ") is up");
      out.getBuffer().setLength(0);
      execute("check", "--json", "--service=open");
      assertThat(out.toString())
          .startsWith("{\"service\":\"open\",\"url\":\"" + url + "\",\"up\":true,");
      assertThat(execute("check", "--service=opn")).isEqualTo(Command.MISTAKE);
      assertThat(err.toString().strip())
          .isEqualTo(
              "rollcall check: --service: \"opn\" is no service of rollcall.yaml, did you mean"
                  + " open?");
    }
  }

  @Test
  void saysInOneLineThatTheDataFolderCannotBeUsed() throws IOException {
    Path file = Files.writeString(directory.resolve("data"), "");
    assertThat(execute("train", "serve", directory.toString())).isEqualTo(Command.TROUBLE);
    assertThat(err.toString().lines())
        .containsExactly(
            "rollcall: "
                + file
                + " is a file where the data folder should be: set data to another");
  }

  @Test
  void saysWhyTheDataFolderCannotBeMade() throws IOException {
    CannotRun cannotRun =
        catchThrowableOfType(CannotRun.class, () -> DataFolder.open(Path.of("/proc/rollcall")));
    assertThat(cannotRun)
        .hasMessage(
            "/proc/rollcall cannot be made or written there: set data to a folder this user may"
                + " write in");
    Path beneath = directory.resolve("file/data");
    Files.createFile(directory.resolve("file"));
    assertThat(catchThrowableOfType(CannotRun.class, () -> DataFolder.open(beneath)))
        .hasMessage(
            beneath
                + " cannot be used as data folder (Not a directory): set data to a folder this"
                + " user may write in");
  }

  @Test
  void asksSeveralUrlsAndEndsWithTheWorstOfThem() throws IOException {
    try (ServerSocket open = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      String up = "tcp://127.0.0.1:" + open.getLocalPort();
      assertThat(execute("check", up, up)).isEqualTo(Command.OK);
      assertThat(execute("check", up, "tcp://127.0.0.1:1", up)).isEqualTo(Command.TROUBLE);
      assertThat(out.toString().lines().filter(line -> line.endsWith(" is up"))).hasSize(4);
      assertThat(out.toString()).contains("tcp://127.0.0.1:1 is down");
      assertThat(execute("check", up, "nonsense")).isEqualTo(Command.MISTAKE);
      assertThat(err.toString())
          .startsWith("rollcall check: nonsense: has no scheme: did you mean https://nonsense?");
    }
    assertThat(execute("check")).isEqualTo(Command.MISTAKE);
  }

  /// To loopback alone. It needs the right to ping, as the next ones: without it they fail, and say
  /// so.
  @Test
  void tracesAsTracerouteDoes() throws IOException {
    Files.writeString(directory.resolve("as"), "127.0.0.0/8 64500\n");
    assertThat(execute("traceroute", "--no-names", "--as-numbers=as", "127.0.0.1"))
        .as(err.toString())
        .isEqualTo(Command.OK);
    assertThat(out.toString().lines())
        .satisfiesExactly(
            title ->
                assertThat(title)
                    .isEqualTo("traceroute to 127.0.0.1 (127.0.0.1), 30 hops max, 60 byte packets"),
            hop -> assertThat(hop).matches(" 1  127\\.0\\.0\\.1 \\[AS64500](  [\\d.]+ ms){3}"));
    out.getBuffer().setLength(0);
    assertThat(
            execute(
                "traceroute",
                "--no-names",
                "--mtr",
                "--count=2",
                "--interval=10ms",
                "--json",
                "127.0.0.1"))
        .isEqualTo(Command.OK);
    assertThat(out.toString().lines())
        .hasSize(3)
        .last()
        .asString()
        .startsWith("{\"type\":\"summary\"")
        .contains("\"loss_percent\":0.0", "\"jitter\":");
  }

  @Test
  void takesTheFlagsOfPing() {
    assertThat(
            execute(
                "ping", "-c3", "-i", ".01", "-W", "1", "-s", "101", "-t", "9", "-4nq", "localhost"))
        .as(err.toString())
        .isEqualTo(Command.OK);
    assertThat(out.toString().lines())
        .startsWith(
            "PING localhost (127.0.0.1) 101(129) bytes of data.",
            "",
            "--- localhost ping statistics ---")
        .doesNotContain("icmp_seq")
        .anyMatch(line -> line.startsWith("3 packets transmitted, 3 received, 0% packet loss"));
    out.getBuffer().setLength(0);
    assertThat(execute("ping", "-c", "1", "-6", "::1")).isEqualTo(Command.OK);
    assertThat(out.toString())
        .startsWith("PING ::1 (::1) 56(104) bytes of data.")
        .contains("64 bytes from ::1: icmp_seq=1");
  }

  @Test
  void endsAPingAtItsDeadline() {
    execute("ping", "-w", "0.05", "-i", "0.01", "127.0.0.1");
    assertThat(out.toString()).contains("--- 127.0.0.1 ping statistics ---");
    assertThat(execute("ping", "-c", "1000000", "-w", "0.05", "-i", "0.01", "127.0.0.1"))
        .isEqualTo(Command.TROUBLE);
  }

  @Test
  void takesTheFlagsOfTraceroute() {
    assertThat(execute("traceroute", "-n", "-q2", "-w", "0.5", "-m", "5", "-I", "-4", "localhost"))
        .as(err.toString())
        .isEqualTo(Command.OK);
    assertThat(out.toString().lines())
        .satisfiesExactly(
            title ->
                assertThat(title)
                    .isEqualTo("traceroute to localhost (127.0.0.1), 5 hops max, 60 byte packets"),
            hop -> assertThat(hop).matches(" 1  127\\.0\\.0\\.1(  [\\d.]+ ms){2}"));
  }

  @Test
  void sweepsABlockOnce() {
    assertThat(execute("ping", "--sweep", "127.3.0.0/28")).isEqualTo(Command.OK);
    assertThat(out.toString().lines().filter(line -> line.contains(" is alive (")))
        .hasSize(14)
        .noneMatch(line -> line.startsWith("127.3.0.0 ") || line.startsWith("127.3.0.15 "));
    assertThat(out.toString()).contains("14 targets: 14 alive, 0 unreachable");
  }

  @Test
  void aPingThatNobodyAnswersEndsWithOne() {
    assertThat(execute("ping", "--count=1", "--json", "127.255.255.255"))
        .isEqualTo(Command.TROUBLE);
    assertThat(out.toString().lines())
        .hasSize(2)
        .first()
        .asString()
        .contains("\"status\":\"not_sent\"", "\"host\":\"127.255.255.255\"");
  }

  @Test
  void trainsWithPingsOfThisMachineAlone() {
    assertThat(execute("train", "terminal", directory.toString())).isEqualTo(Command.OK);
    assertThat(directory).isEmptyDirectory();
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void asksItselfToTrain() {
    assertThat(execute("train", "serve", directory.toString())).isEqualTo(Command.OK);
    assertThat(directory.resolve("data")).isDirectory();
  }

  private int execute(String... arguments) {
    return new Main(directory, environment)
        .commands(arguments)
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(arguments);
  }
}
