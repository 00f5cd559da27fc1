package dev.rollcall.server.web;

/// What the layout shows around the content of a page.
///
/// @param title of the window
/// @param icon the asset that is the icon of the window
/// @param live the path of the stream of changes with its query; empty: the page is not updated
/// @param section the id of the section that the page belongs to; empty: none
/// @param whose whose rows the page shows
/// @param content what the link that skips the navigation calls the content: `Skip to the services`
public record PageHead(
    String title, String icon, String live, String section, Whose whose, String content) {
  /// A page that does not depend on whose rows it shows.
  public PageHead(String title, String icon, String live, String section, String content) {
    this(title, icon, live, section, Whose.OPERATOR, content);
  }
}
