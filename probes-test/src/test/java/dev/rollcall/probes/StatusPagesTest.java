package dev.rollcall.probes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.rollcall.probe.Probe;
import java.io.IOException;
import java.net.URI;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The pages of GitHub and GitLab cannot be made to fail by a test: a local server gives the
/// answers that they document.
class StatusPagesTest {
  private static Checked check(String answer, Function<RawServer, Probe> probe) throws IOException {
    try (RawServer server =
        new RawServer(
            line -> {
              line.request();
              line.answer(200, "Content-Type: application/json\r\n", answer);
            })) {
      return Checked.of(probe.apply(server));
    }
  }

  private static Checked statuspage(String answer) throws IOException {
    return check(answer, server -> StatuspageProbe.of("it", server.uri("/").toString()));
  }

  private static Checked statusIo(String answer) throws IOException {
    return check(
        answer, server -> new StatusIoProbe(HttpProbe.of("it", server.uri("/x").toString())));
  }

  private static String github(String indicator, String words) {
    return """
    {"page":{"id":"kctbh9vrtdwd","name":"GitHub","url":"https://www.githubstatus.com",\
    "time_zone":"Etc/UTC","updated_at":"2026-11-20T07:30:02.120Z"},\
    "status":{"indicator":"%s","description":"%s"}}\
    """
        .formatted(indicator, words);
  }

  private static String gitlab(int code, String words) {
    return """
    {"result":{"status_overall":{"updated":"2026-11-20T07:30:02.120Z","status":"%s",\
    "status_code":%d},"status":[{"id":"1","name":"Website","status":"Operational",\
    "status_code":100,"containers":[]},{"id":"2","name":"Git Operations","status":"%s",\
    "status_code":%d,"containers":[]}],"incidents":[],"maintenance":{}}}\
    """
        .formatted(words, code, words, code);
  }

  @Test
  void asksWhereTheProvidersSay() {
    assertThat(GitHubProbe.of("gh")).isInstanceOf(StatuspageProbe.class);
    assertThat(GitHubProbe.of("gh").name()).isEqualTo("gh");
    assertThat(StatuspageProbe.address(URI.create(GitHubProbe.PAGE)))
        .hasToString("https://www.githubstatus.com/api/v2/status.json");
    assertThat(GitLabProbe.of("gl").name()).isEqualTo("gl");
    assertThat(StatusIoProbe.address(GitLabProbe.PAGE))
        .hasToString("https://api.status.io/1.0/status/5b36dc6502d06804c08349f7");
  }

  @Test
  void isContentWithGitHubsAnswerWhenNothingIsWrong() throws IOException {
    statuspage(github("none", "All Systems Operational")).assertUp();
  }

  @ParameterizedTest
  @CsvSource({"minor, Minor Service Outage", "major, Partial Outage", "critical, Major Outage"})
  void tellsTheIndicatorOfGitHubsAnswer(String indicator, String words) throws IOException {
    assertThat(statuspage(github(indicator, words)).reason())
        .isEqualTo("the status page reports %s: %s".formatted(indicator, words));
  }

  @ParameterizedTest
  @CsvSource({"100, Operational", "200, Planned Maintenance", "300, Degraded Performance"})
  void isContentWithGitLabsAnswerBelowAnIncident(int code, String words) throws IOException {
    statusIo(gitlab(code, words)).assertUp();
  }

  @ParameterizedTest
  @CsvSource({"400, Partial Service Disruption", "500, Service Disruption", "600, Security Event"})
  void tellsTheIncidentInGitLabsAnswer(int code, String words) throws IOException {
    assertThat(statusIo(gitlab(code, words)).reason())
        .isEqualTo("the status page reports %s (%d): Git Operations".formatted(words, code));
  }

  @Test
  void saysWhyAnAnswerIsNone() throws IOException {
    assertThat(statuspage("{}").reason()).isEqualTo("body has no status.indicator");
    assertThat(statuspage("<html>").reason()).isEqualTo("body is no JSON");
    assertThat(statusIo("{\"result\":null}").reason())
        .isEqualTo("body has no result.status_overall.status_code");
  }

  @Test
  void refusesWhatIsNoIdOfAPage() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> StatusIoProbe.of("it", "../../x"))
        .withMessage("\"../../x\" is no id of a status.io page: letters and digits");
  }
}
