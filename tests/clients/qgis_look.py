"""Runs in QGIS's own Python: opens a layer of a GeoPackage as a user would and tells what QGIS made of it (JSON)."""

import json
import sys

from qgis.core import QgsApplication, QgsProject, QgsVectorLayer


def look(path: str, name: str) -> dict[str, object]:
    layer = QgsVectorLayer(f"{path}|layername={name}", name, "ogr")
    QgsProject.instance().addMapLayer(layer)
    renderer = layer.renderer()
    categorised = renderer.type() == "categorizedSymbol"
    return {
        "valid": layer.isValid(),
        "crs": layer.crs().authid(),
        "fields": [field.name() for field in layer.fields()],
        "renderer": renderer.type(),
        "attribute": renderer.classAttribute() if categorised else None,
        "colours": {
            str(category.value()): category.symbol().color().name()
            for category in (renderer.categories() if categorised else [])
        },
        "labels": layer.labelsEnabled(),
        "area_m2": sum(feature.geometry().area() for feature in layer.getFeatures()),
        "features": layer.featureCount(),
    }


QgsApplication.setPrefixPath("/usr", True)
application = QgsApplication([], False)
application.initQgis()
print(json.dumps({name: look(sys.argv[1], name) for name in sys.argv[2:]}))
application.exitQgis()
