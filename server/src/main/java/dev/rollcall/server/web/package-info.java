/// What HTML pages are made of: layout, templates, texts, assets, live views, lists, errors.
@NullMarked
package dev.rollcall.server.web;

import org.jspecify.annotations.NullMarked;
