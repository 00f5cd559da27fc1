package dev.rollcall.server.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.rollcall.server.http.Route;
import dev.rollcall.server.http.Served;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.Test;

class AssetsTest {
  @Test
  void servesAssetsForEverUnderTheirHash() throws Exception {
    Assets assets = new Assets(AssetsTest.class, List.of("sample.css"));
    try (Served served = Served.routes(assets.routes().toArray(Route[]::new))) {
      HttpResponse<String> linked = served.get(assets.link("sample.css"));
      assertThat(linked.body()).isEqualTo("body { color: green }\n");
      assertThat(linked.headers().firstValue("Content-Type")).contains("text/css; charset=utf-8");
      assertThat(linked.headers().firstValue("Cache-Control"))
          .contains("public, max-age=31536000, immutable");
      String tag = linked.headers().firstValue("ETag").orElseThrow();
      assertThat(served.get("/assets/sample.css").headers().firstValue("Cache-Control"))
          .contains("no-cache");
      HttpResponse<String> known = served.get("/assets/sample.css", "If-None-Match", tag);
      assertThat(known.statusCode()).isEqualTo(304);
      assertThat(known.body()).isEmpty();
      assertThat(served.get("/assets/other.css").statusCode()).isEqualTo(404);
    }
  }

  @Test
  void refusesAnAssetThatIsNotThere() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Assets(AssetsTest.class, List.of("missing.css")));
    Assets none = new Assets(AssetsTest.class, List.of());
    assertThatIllegalArgumentException().isThrownBy(() -> none.link("sample.css"));
  }
}
