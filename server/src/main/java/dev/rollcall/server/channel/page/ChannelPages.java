package dev.rollcall.server.channel.page;

import dev.rollcall.server.channel.list.ChannelList;
import dev.rollcall.server.http.Access;
import dev.rollcall.server.http.Answer;
import dev.rollcall.server.http.Query;
import dev.rollcall.server.http.Request;
import dev.rollcall.server.http.Route;
import dev.rollcall.server.outbox.Outbox;
import dev.rollcall.server.time.Clock;
import dev.rollcall.server.time.Durations;
import dev.rollcall.server.web.Flash;
import dev.rollcall.server.web.Forms;
import dev.rollcall.server.web.Html;
import dev.rollcall.server.web.Site;
import dev.rollcall.server.web.Texts;
import dev.rollcall.server.web.Whose;
import java.util.List;
import java.util.Optional;

/// `/channels`: who is told, whether it arrives, and how to try it.
public final class ChannelPages {
  /// The id of their section of the site.
  public static final String SECTION = "channels";

  private static final String PATH = "/channels";

  private final ChannelList list;
  private final Outbox outbox;
  private final Site site;
  private final Forms forms;
  private final Clock clock;

  public ChannelPages(ChannelList list, Outbox outbox, Site site, Clock clock) {
    this.list = list;
    this.outbox = outbox;
    this.site = site;
    this.forms = new Forms(site);
    this.clock = clock;
  }

  public List<Route> routes() {
    return List.of(
        Route.get(PATH, Access.USER, this::page),
        forms.post(PATH + "/test", Access.USER, this::test).waiting(),
        forms.post(PATH + "/delete", Access.USER, this::delete));
  }

  private Answer page(Request request) {
    Whose whose = Whose.of(request);
    ChannelsView view =
        new ChannelsView(
            whose,
            list.of(whose.scope()).stream()
                .map(one -> new ChannelsView.Row(one, outbox.latest(one.key())))
                .toList(),
            whose.changes(),
            preview(request, whose),
            clock.wall());
    return forms.page(
        request,
        visit -> Html.of(out -> JtepageGenerated.render(out, Html.NONE, site, visit, view)));
  }

  private Optional<ChannelsView.Preview> preview(Request request, Whose whose) {
    return request
        .query("preview")
        .map(name -> new ChannelsView.Preview(name, list.preview(whose.scope(), name)));
  }

  private Answer test(Request request, Query fields) {
    String name = fields.single("name").orElse("");
    ChannelList.Tested tested = list.test(request.scope(), name);
    String took = Durations.millis(tested.took());
    Texts texts = site.texts();
    return done(
        request,
        name,
        tested.sent()
            ? new Flash(Flash.Tone.DONE, texts.of("channels.sent", name, took, tested.said()))
            : new Flash(Flash.Tone.FAILED, texts.of("channels.unsent", name, took, tested.said())));
  }

  private Answer delete(Request request, Query fields) {
    String name = fields.single("name").orElse("");
    list.delete(request.scope(), name);
    String done = site.texts().of("channels.deleted", name);
    return done(request, name, new Flash(Flash.Tone.DONE, done));
  }

  private Answer done(Request request, String name, Flash flash) {
    return forms.done(Whose.of(request).link(PATH), flash).naming(name);
  }
}
