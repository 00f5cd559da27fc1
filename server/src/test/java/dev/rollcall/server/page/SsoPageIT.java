package dev.rollcall.server.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import dev.rollcall.server.NodeProvider;
import dev.rollcall.server.RunningRollcall;
import dev.rollcall.server.RunningRollcall.Plan;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Single sign-on in a real browser, whose policy of content and rules of cookies apply.
class SsoPageIT {
  @TempDir static Path folder;

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  @Test
  void theButtonsLeadToTheProviderAndBack() throws IOException {
    int port = freePort(); // has to be known before the start, as the provider sends browsers there
    String url = "http://localhost:" + port;
    try (Browsing browsing = new Browsing();
        NodeProvider provider =
            new NodeProvider(
                folder.resolve("provider.log"), List.of(url + "/account/sso/company/callback"));
        RunningRollcall _ =
            Plan.in(folder)
                .onlyFlags("--port=" + port, "--health-port=0", "--public-url=" + url)
                .yaml(
                    """
                    accounts:
                      sso:
                        - name: company
                          issuer: %s
                          client-id: %s
                          client-secret: %s
                    """
                        .formatted(provider.issuer(), NodeProvider.CLIENT, NodeProvider.SECRET))
                .start()) {
      provider.signsIn("ann");
      Page page = browsing.open(url + "/account", new Browser.NewContextOptions());
      Browsing.assertNothingForAxe(page);
      page.getByText("Sign in with company").click();
      assertThat(page).hasURL(url + "/account");
      assertThat(page.locator("h1")).hasText("ann@example.org");
      Browsing.assertNothingForAxe(page);

      page.locator("form[action='/account/logout'] button").click();
      page.locator("form[action='/account/register'] [name=email]").fill("bob@example.org");
      page.locator("form[action='/account/register'] [name=password]").fill("correct horse");
      page.locator("form[action='/account/register'] button").click();
      assertThat(page.locator("h1")).hasText("bob@example.org");
      page.context().clearCookies(new BrowserContext.ClearCookiesOptions().setDomain("127.0.0.1"));
      provider.signsIn("bob at work");
      page.locator("form[action='/account/connect'] [name=password]").fill("correct horse");
      page.getByText("Connect with company").click();
      assertThat(page.locator("[role=status]").first()).containsText("The account is connected");
      assertThat(page).hasURL(url + "/account");
      assertThat(page.locator("h1")).hasText("bob@example.org");
      Browsing.assertNothingForAxe(page);
      assertThat(browsing.complaints())
          .allMatch(each -> each.startsWith("request to " + provider.issuer()));
    }
  }
}
