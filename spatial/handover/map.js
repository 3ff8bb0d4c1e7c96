/* Draws a hand-over map from its embedded document; every text is set as text, never as markup. */
function drawHandOverMap(map, content) {
  "use strict";

  const SVG = "http://www.w3.org/2000/svg";
  const corners = {
    triangle: [[0, -1.15], [1.05, 0.8], [-1.05, 0.8]],
    diamond: [[0, -1.25], [1.25, 0], [0, 1.25], [-1.25, 0]],
    square: [[-0.9, -0.9], [0.9, -0.9], [0.9, 0.9], [-0.9, 0.9]],
    bar: [[-1.2, -0.45], [1.2, -0.45], [1.2, 0.45], [-1.2, 0.45]],
  };

  function element(name, className, text) {
    const made = document.createElement(name);
    if (className) made.className = className;
    if (text !== undefined) made.textContent = text;
    return made;
  }

  function trace(context, shape, x, y, r) {
    context.beginPath();
    if (corners[shape]) {
      corners[shape].forEach(([dx, dy], i) =>
        context[i ? "lineTo" : "moveTo"](x + dx * r, y + dy * r));
      context.closePath();
    } else {
      context.arc(x, y, r, 0, 2 * Math.PI);
    }
  }

  /* The canvas renderer knows circles only. */
  L.Canvas.include({
    _updateShape(layer) {
      if (!this._drawing || layer._empty()) return;
      const context = this._ctx;
      const at = layer._point;
      const r = layer._radius;
      const { shape, fillColor, hollow } = layer.options;
      trace(context, shape, at.x, at.y, r);
      context.globalAlpha = 1;
      context.fillStyle = hollow || shape === "half" ? "#ffffff" : fillColor;
      context.fill();
      if (shape === "half") {
        context.beginPath();
        context.arc(at.x, at.y, r, Math.PI / 2, 1.5 * Math.PI);
        context.fillStyle = fillColor;
        context.fill();
        trace(context, shape, at.x, at.y, r);
      }
      context.lineWidth = hollow || shape === "half" ? 1.8 : 1;
      context.strokeStyle = hollow || shape === "half" ? fillColor : "#ffffff";
      context.setLineDash([]);
      context.stroke();
    },
  });
  const Mark = L.CircleMarker.extend({
    _updatePath() {
      this._renderer._updateShape(this);
    },
  });

  function legendImage(symbol, kind) {
    const image = document.createElementNS(SVG, "svg");
    const put = (name, attributes) => {
      const made = document.createElementNS(SVG, name);
      Object.entries(attributes).forEach(([key, value]) => made.setAttribute(key, value));
      image.append(made);
    };
    const { color, shape, hollow } = symbol;
    Object.entries({ width: 18, height: 14, viewBox: "-9 -7 18 14", "aria-hidden": true })
      .forEach(([key, value]) => image.setAttribute(key, value));
    const hatch = symbol.dashed ? { "stroke-dasharray": "4 2.5" } : {};
    if (kind === "area") {
      put("rect", { x: -7.5, y: -5, width: 15, height: 10, rx: 1.5, fill: color,
        "fill-opacity": symbol.opacity, stroke: symbol.edge, ...hatch });
    } else if (kind === "line") {
      put("line", { x1: -8, x2: 8, y1: 0, y2: 0, stroke: color, "stroke-width": symbol.width, ...hatch });
    } else if (corners[shape]) {
      put("polygon", { points: corners[shape].map(([x, y]) => `${x * 5},${y * 5}`).join(" "),
        fill: hollow ? "#fff" : color, stroke: hollow ? color : "none", "stroke-width": 1.6 });
    } else {
      const open = hollow || shape === "half";
      put("circle", { r: 5, fill: open ? "#fff" : color, stroke: open ? color : "none", "stroke-width": 1.6 });
      if (shape === "half") put("path", { d: "M0,5A5,5 0 0 1 0,-5Z", fill: color });
    }
    return image;
  }

  function pathStyle(symbol, kind) {
    const dashArray = symbol.dashed ? "6 4" : null;
    if (kind === "point") {
      return { radius: symbol.size, shape: symbol.shape, hollow: symbol.hollow, fillColor: symbol.color };
    }
    if (kind === "line") return { color: symbol.color, weight: symbol.width, opacity: 0.95, dashArray };
    return { color: symbol.edge, weight: symbol.width, opacity: 1, dashArray,
      fillColor: symbol.color, fillOpacity: symbol.opacity };
  }

  function facts(layer, row) {
    const table = element("table", "facts");
    table.append(element("caption", "", layer.values[row[0]]));
    layer.fields.forEach((field, i) => {
      const value = layer.values[row[i + 1]];
      if (value === "") return;
      const line = table.insertRow();
      line.append(element("th", "", field), element("td", "", value));
    });
    return table;
  }

  function drawLayer(layer) {
    const features = layer.geometry.map((geometry, i) => ({
      type: "Feature",
      properties: { i },
      geometry: layer.kind === "point" ? { type: "Point", coordinates: geometry } : geometry,
    }));
    const style = ({ properties }) => pathStyle(layer.symbols[layer.symbol[properties.i]], layer.kind);
    const rowOf = (drawn) => layer.rows[drawn.feature.properties.i];
    const group = L.geoJSON(features, {
      style,
      smoothFactor: 0.8,
      pointToLayer: (feature, place) => new Mark(place, style(feature)),
    });
    group.bindPopup((drawn) => facts(layer, rowOf(drawn)), { maxWidth: 340, minWidth: 180 });
    if (layer.kind === "point") {
      /* A whole county of full-sized marks would be one carpet. */
      const resize = () => {
        const scale = Math.min(1, Math.max(0.5, 0.5 + (map.getZoom() - 9.5) * 0.16));
        group.eachLayer((drawn) => drawn instanceof Mark &&
          drawn.setRadius(layer.symbols[layer.symbol[drawn.feature.properties.i]].size * scale));
      };
      map.on("zoomend", resize);
      group.on("add", resize);
    }
    if (layer.names) {
      const labels = L.layerGroup();
      group.eachLayer((drawn) => {
        const at = layer.names[drawn.feature.properties.i];
        const text = element("span", "", layer.values[rowOf(drawn)[0]]);
        if (text.textContent) {
          labels.addLayer(L.tooltip([at[1], at[0]], {
            content: text, permanent: true, direction: "center", className: "place", offset: [0, 0] }));
        }
      });
      const refresh = () => {
        const wanted = map.hasLayer(group) && map.getZoom() >= layer.namesFrom;
        if (wanted !== map.hasLayer(labels)) map[wanted ? "addLayer" : "removeLayer"](labels);
      };
      map.on("zoomend", refresh);
      group.on("add remove", () => setTimeout(refresh));
    } else {
      group.bindTooltip((drawn) => element("span", "", layer.values[rowOf(drawn)[0]]), { sticky: true });
    }
    return group;
  }

  function panel(layers, groups, stack) {
    const sheet = element("section", "sheet");
    const details = element("details");
    details.open = true;
    const summary = element("summary");
    summary.append(element("h1", "", content.title));
    const body = element("div", "body");
    layers.forEach((layer, n) => {
      const set = element("fieldset", layer.show ? "" : "off");
      const label = element("label");
      const box = element("input");
      box.type = "checkbox";
      box.checked = layer.show;
      box.addEventListener("change", () => {
        set.classList.toggle("off", !box.checked);
        map[box.checked ? "addLayer" : "removeLayer"](groups[n]);
        stack();
      });
      label.append(box, element("span", "", layer.name), element("b", "", layer.rows.length.toLocaleString()));
      set.append(label);
      const list = element("ul");
      layer.symbols.forEach((symbol) => {
        const item = element("li");
        item.append(legendImage(symbol, layer.kind), element("span", "", symbol.label),
          element("b", "", symbol.count.toLocaleString()));
        list.append(item);
      });
      set.append(list);
      body.append(set);
    });
    details.append(summary, body);
    if (content.notes.length) {
      const footer = element("footer");
      content.notes.forEach((note) => footer.append(element("p", "", note)));
      details.append(footer);
    }
    sheet.append(details);
    document.body.append(sheet);
    if (content.mark) document.body.append(element("div", "mark", content.mark));
    if (window.innerWidth <= 640) details.open = false;
  }

  const groups = content.layers.map(drawLayer);
  const stack = () => groups.forEach((group) => map.hasLayer(group) && group.bringToFront());
  groups.forEach((group, n) => content.layers[n].show && map.addLayer(group));
  map.on("popupopen", ({ popup }) => {
    map.eachLayer((layer) => layer instanceof L.Tooltip && !layer.options.permanent && layer.remove());
    popup.getElement().querySelector(".leaflet-popup-close-button")
      .setAttribute("aria-label", content.words.close);
  });
  L.control.zoom({ position: "topright", zoomInTitle: content.words.zoom_in,
    zoomOutTitle: content.words.zoom_out }).addTo(map);
  L.control.scale({ position: "bottomright", imperial: false, maxWidth: 140 }).addTo(map);
  panel(content.layers, groups, stack);
  if (content.bounds) {
    const besides = window.innerWidth > 640 ? 300 : 20;
    map.fitBounds(content.bounds, { paddingTopLeft: [besides, 30], paddingBottomRight: [40, 30] });
  }
}
