package dev.rollcall.server.monitor.definition;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.probes.HttpExpectation;
import dev.rollcall.probes.Login;
import dev.rollcall.server.config.Mistakes;
import dev.rollcall.server.http.Json;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class ServiceReaderTest {
  private final ServiceReader reader =
      new ServiceReader(
          new ServiceReader.Defaults(
              Duration.ofSeconds(15), Duration.ofSeconds(10), false, Duration.ofDays(14)));
  private final Mistakes mistakes = new Mistakes();

  @Test
  void needsANameAndAUrlAlone() {
    ServiceDefinition read = one("{'name':'a','url':'http://localhost:1/x'}");
    assertThat(read.interval()).isEqualTo(Duration.ofSeconds(15));
    assertThat(read.timeout()).isEqualTo(Duration.ofSeconds(10));
    assertThat(read.spec()).isInstanceOf(CheckSpec.Http.class);
  }

  @Test
  void takesServersThatAreAskedInTheirOwnProtocol() {
    ServiceDefinition read =
        one("{'name':'a','url':'postgres://h/shop','user':'app','password':'p','timeout':5}");
    assertThat(read.spec())
        .isInstanceOfSatisfying(
            CheckSpec.Server.class,
            server -> {
              assertThat(server.url().login()).contains(new Login("app", "p"));
              assertThat(server.url().limit()).isEqualTo(Duration.ofSeconds(5));
            });
    assertThat(reader.one(tree(read.json()), "", mistakes)).contains(read);
    assertThat(one("{'name':'a','url':'unix:///run/docker.sock'}").spec())
        .isInstanceOf(CheckSpec.Server.class);
  }

  @Test
  void looksAtACertificateWhereTheUrlSaysHowLongItHasToLast() {
    assertThat(one("{'name':'a','url':'tls://h:443?warn=14d'}").spec())
        .isInstanceOf(CheckSpec.Server.class);
    assertThat(one("{'name':'a','url':'tls://h:443'}").spec()).isInstanceOf(CheckSpec.Tcp.class);
  }

  @Test
  void asksThisMachinesNameServersWhereNoneIsNamed() {
    assertThat(one("{'name':'a','url':'dns:///h.example'}").url())
        .isEqualTo(URI.create("dns:///h.example"));
  }

  @Test
  void readsAgainWhatItKeeps() {
    String all =
        "{'name':'a','url':'https://example.test/x','interval':'1m30s','timeout':5,'method':'POST',"
            + "'headers':{'X-A':'b'},'user':'u','password':'p','body':'hello',"
            + "'status':['200','3xx'],'contains':'ok','json':{'path':'$.a','value':'b'},"
            + "'redirects':false,'keep-alive':true,'tls':{'verify':false,'name':'n'}}";
    ServiceDefinition first = one(all);
    ServiceDefinition again = reader.one(tree(first.json()), "", mistakes).orElseThrow();
    assertThat(again).isEqualTo(first);
    assertThat(mistakes.lines()).isEmpty();
  }

  @Test
  void takesNullForTheValueNull() {
    ServiceDefinition read =
        one("{'name':'a','url':'http://h','json':{'path':'$.a','value':null}}");
    assertThat(((CheckSpec.Http) read.spec()).question().expectation().json())
        .contains(new HttpExpectation.JsonExpectation("$.a", Optional.of("null")));
    assertThat(one(read.json())).isEqualTo(read);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'url':'http://a'}                                      | name: is missing",
        "{'name':'a'}                                            | url: is missing",
        "{'name':'a','url':'ftp://a'}                            | url: \"ftp\" is not a"
            + " supported scheme",
        "{'name':'a','url':'nonsense'}                           | url: \"nonsense\" is no URL",
        "{'name':'a','url':'ping://fd14::2'}                     | url: an IPv6 address goes in",
        "{'name':'a','url':'tcp://fe80::1%eth0:80'}              | url: an IPv6 address goes in",
        "{'name':'a','url':'http://u:secret@h/'}                 | url: contains a user or"
            + " password",
        "{'name':'a','url':'tcp://h'}                            | url: \"tcp://h\" names no port",
        "{'name':'a','url':'http://h','intervall':'1s'}          | intervall: unknown key, did you"
            + " mean interval?",
        "{'name':'a','url':'http://h','interval':'-3s'}          | interval: \"-3s\" is no"
            + " duration",
        "{'name':'a','url':'http://h','interval':-3}             | interval: \"-3\" is no duration",
        "{'name':'a','url':'http://h','slow':'fast'}             | slow: \"fast\" is no duration",
        "{'name':'a','url':'http://h','slow':0}                  | slow: \"0\" is not between 1ms",
        "{'name':'a','url':'http://h','slow':'10s'}              | slow: \"10s\" is not shorter"
            + " than the timeout, 10s",
        "{'name':'a','url':'http://h','interval':'1ms'}          | interval: \"1ms\" is not"
            + " between",
        "{'name':'a','url':'http://h','timeout':'1d'}            | timeout: \"1d\" is not between",
        "{'name':'a','url':'http://h','status':'20'}             | status: \"20\" is no status",
        "{'name':'a','url':'http://h','status':[]}               | status: is neither a value nor a"
            + " list",
        "{'name':'a','url':'http://h','json':{'path':'$['}}      | json: ",
        "{'name':'a','url':'https://h','tls':{'ca':'/no/such'}}  | tls.ca: /no/such: no such file",
        "{'name':'a','url':'https://h','tls':{'ca':'pom.xml'}}   | tls.ca: pom.xml: no certificate"
            + " in it (BEGIN CERTIFICATE): name a PEM file that has one",
        "{'name':'a','url':'https://h','tls':{'ca':'src'}}       | tls.ca: src: cannot be read: Is"
            + " a directory",
        "{'name':'a','url':'redis://h','tls':{'verify':false}}   | tls: has no effect with"
            + " redis://, which has no TLS: remove it, or use rediss://",
        "{'name':'a','url':'tcp://h:1','tls':{'verify':false}}   | tls: has no effect with tcp://",
        "{'name':'a','url':'http://h','tls':{'verify':false},'redirects':false} | tls: has"
            + " no effect with http:// and redirects: false",
        "{'name':'a','url':'http://h','method':'GTE'}            | method: \"GTE\" is not a"
            + " supported method, did you mean GET?",
        "{'name':'a','url':'http://h','method':'post'}           | method: \"post\" is not a"
            + " supported method, did you mean POST?",
        "{'name':'a','url':'http://h','json':{'path':'$.a['}}    | json: \"$.a[\" is no JSON path:"
            + " a bracket is opened and not closed",
        "{'name':'a','url':'https://h','tls':{'name':'a b'}}     | tls.name: \"a b\" is no host",
        "{'name':'a','url':'https://h','tls':{'name':''}}        | tls.name: \"\" is no host name",
        "{'name':'a','url':'https://h','tls':{'name':'a\u00ad/'}} | tls.name: \"a",
        "{'name':'a','url':'tls://h:19443?warm=14d'}             | url: the URL's parameter"
            + " \"warm\" is not understood: there are warn",
        "{'name':'a','url':'tcp://x:443?foo=1'}                  | url: the URL's parameter \"foo\""
            + " is not understood",
        "{'name':'a','url':'tls://x:443/path'}                   | url: the URL has a path, which"
            + " has no effect with tls",
        "{'name':'a','url':'postgres://h?sslmode=verifyfull'}    | url: sslmode=verifyfull is none"
            + " of disable, allow",
        "{'name':'a','url':'http://h','tls':{'veriffy':true}}    | tls.veriffy: unknown key, did"
            + " you mean verify?",
        "{'name':'a','url':'http://h','keep-alive':'yes'}        | keep-alive: is neither true nor"
            + " false",
        "{'name':'a','url':'http://h','headers':{'bad name':'x'}} | headers: \"bad name\" is no"
            + " header name",
        "{'name':'a','url':'http://h','headers':{'Content-Length':'5'}} | headers: contains"
            + " Content-Length, which Rollcall sets itself: remove it",
        "{'name':'a','url':'http://h','headers':{'transfer-encoding':'chunked'}} | headers:"
            + " contains transfer-encoding, which Rollcall sets itself: remove it",
        "{'name':'a','url':'http://h','method':'GET1'}           | method: \"GET1\" is not a"
            + " supported method, did you mean GET?",
        "{'name':'a','url':'http://h','method':'GE T'}           | method: \"GE T\" is not a"
            + " supported",
        "{'name':'a','url':'http://h','send':'x'}                | send: is only for tcp and tls",
        "{'name':'a','url':'tcp://h:1','method':'GET'}           | method: is only for http and"
            + " https",
        "{'name':'a','url':'redis://:secret@h'}                  | url: contains a user or"
            + " password",
        "{'name':'a','url':'redis://h/x'}                        | url: \"x\" is no number of a"
            + " Redis database",
        "{'name':'a','url':'redis://h','status':200}             | status: is only for http and"
            + " https",
        "{'name':'a','url':'mysql://h','tls':{'verify':false}}   | tls: is set in the URL here",
        "{'name':'a','url':'tls://h:443?warn=soon'}              | url: warn=soon is no number of"
            + " days",
        "{'name':'a','url':'tls://h:443?warn=14d','send':'x'}    | send: cannot be combined with"
            + " warn= in"
            + " the URL",
        "{'name':'a','url':'kafka://h?mechanism=X'}              | url: mechanism X is none of",
        "{'name':'','url':'http://h'}                            | name: must have 1 to 255",
        "[]                                                      | body: is no object",
      })
  void saysWhatIsWrongInOneLineAndReadsNothing(String json, String line) {
    assertThat(reader.one(tree(json), "", mistakes)).isEmpty();
    assertThat(mistakes.lines()).singleElement().asString().startsWith(line);
  }

  @Test
  void saysAllMistakesOfAListWithTheirPlaces() {
    List<ServiceDefinition> read =
        reader.list(
            tree(
                "[{'name':'a','url':'http://h'},{'name':'a','url':'http://h'},"
                    + "{'name':'b','url':'x','interval':'never'}]"),
            "services",
            mistakes);
    assertThat(read).hasSize(2);
    assertThat(mistakes.lines())
        .satisfiesExactly(
            line ->
                assertThat(line).startsWith("services[1].name: \"a\" is the name of services[0]"),
            line -> assertThat(line).startsWith("services[2].url: \"x\" is no URL"),
            line -> assertThat(line).startsWith("services[2].interval: \"never\" is no duration"));
  }

  @Test
  void toleratesAFileThatIsGoneWhereItIsToldTo() {
    String json = "{'name':'a','url':'https://h','tls':{'ca':'/no/such'}}";
    ServiceDefinition read =
        reader.tolerant().one(tree(json), "", mistakes).orElseThrow(() -> wrong());
    assertThat(reader.stored((ObjectNode) tree(read.json()), mistakes)).contains(read);
    assertThat(mistakes.lines()).isEmpty();
  }

  @Test
  void doubtsWhatIsProbablyNotMeant() {
    List<ServiceDefinition> read =
        List.of(
            one("{'name':'a','url':'http://h','interval':'1s','timeout':'30s'}"),
            one("{'name':'b','url':'http://h/x?y','tls':{'verify':false}}"),
            one("{'name':'c','url':'http://h','interval':'1s'}"));
    assertThat(DefinitionWarning.of(read, Duration.ofSeconds(10)))
        .containsExactly(
            "a: the timeout of 30s is longer than the interval of 1s: checks never overlap, so it"
                + " is checked less often if it does not answer",
            "b: tls has an effect only if http://h/x redirects to https");
  }

  private ServiceDefinition one(String json) {
    ServiceDefinition read = reader.one(tree(json), "", mistakes).orElseThrow(() -> wrong());
    assertThat(mistakes.lines()).isEmpty();
    return read;
  }

  private AssertionError wrong() {
    return new AssertionError(mistakes.lines());
  }

  private static tools.jackson.databind.JsonNode tree(String json) {
    return new JsonMapper().readTree(json.replace('\'', '"'));
  }

  @Test
  void filesOfThisServerAreNotOpenedForAccounts() {
    Mistakes mistakes = new Mistakes();
    ServiceReader reader =
        new ServiceReader(
                new ServiceReader.Defaults(
                    Duration.ofMinutes(1), Duration.ofSeconds(5), false, Duration.ofDays(14)))
            .ofAccounts(_ -> true);
    assertThat(
            reader.one(
                Json.stored(
                    "{\"name\":\"a\",\"url\":\"https://h\",\"tls\":{\"ca\":\"/no/such\",\"key\":\"/x\"}}"),
                "",
                mistakes))
        .isEmpty();
    assertThat(mistakes.lines())
        .containsExactly("tls.ca: is a file of this server", "tls.key: is a file of this server");
  }
}
