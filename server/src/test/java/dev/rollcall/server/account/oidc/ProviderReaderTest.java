package dev.rollcall.server.account.oidc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.server.config.Mistakes;
import dev.rollcall.server.http.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/// Mistakes of `accounts.sso`.
class ProviderReaderTest {
  private static List<String> mistakes(String more) {
    Mistakes mistakes = new Mistakes();
    ObjectNode file = Json.stored(("{'sso':[{" + more + "}]}").replace('\'', '"'));
    ProviderReader.list(file.get("sso"), "sso", mistakes);
    return mistakes.lines();
  }

  @Test
  void allThatIsMissingIsToldAtOnce() {
    assertThat(mistakes(""))
        .containsExactly(
            "sso[0].name: is missing: give the provider a name, as in company",
            "sso[0].issuer: is missing: give its URL, as in https://id.example.org",
            "sso[0].client-id: is missing: give the id of this client at the provider");
  }

  @Test
  void theIssuerIsNotTheUrlOfItsDocument() {
    assertThat(
            mistakes(
                "'name':'c','client-id':'r',"
                    + "'issuer':'https://id.example.org/.well-known/openid-configuration'"))
        .singleElement()
        .asString()
        .startsWith("sso[0].issuer: ")
        .endsWith("is the URL of its document: give what comes before /.well-known/");
  }

  /// YAML reads 007 as 7, and no as false.
  @Test
  void groupsAreTexts() {
    String right = "'name':'c','client-id':'r','issuer':'https://id.example.org',";
    assertThat(mistakes(right + "'operator-groups':['ops',7],'allowed-groups':true"))
        .containsExactlyInAnyOrder(
            "sso[0].operator-groups: has a value that is no text: put it in quotes",
            "sso[0].allowed-groups: has a value that is no text: put it in quotes");
    assertThat(mistakes(right + "'operator-groups':'ops','allowed-groups':['7']")).isEmpty();
  }

  @Test
  void aFileWithAuthoritiesHasToBeThere(@TempDir Path folder) throws Exception {
    String right = "'name':'c','client-id':'r','issuer':'https://id.example.org','ca':'%s'";
    Path file = folder.resolve("ca.pem");
    assertThat(mistakes(right.formatted(file)))
        .singleElement()
        .asString()
        .startsWith("sso[0].ca: ")
        .endsWith("is no file that can be read: name one in PEM format");
    Files.writeString(file, "");
    assertThat(mistakes(right.formatted(file))).isEmpty();
  }
}
