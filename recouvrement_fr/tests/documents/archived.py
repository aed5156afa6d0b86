"""What can be checked of a PDF that says it is PDF/A-2b, without a validator."""

import io

from pypdf import PdfReader

FORBIDDEN = {"/JavaScript", "/JS", "/Launch", "/EmbeddedFile", "/EF", "/Encrypt", "/AA", "/OpenAction"}
INKS = {"/DeviceCMYK", "/DeviceN", "/Separation"}


def looked_at(test, content):
    """The reader of a file, once everything that is checked of a PDF/A-2b was; the number of its fonts."""
    reader = PdfReader(io.BytesIO(content))
    catalog = reader.trailer["/Root"]
    xmp = catalog["/Metadata"].get_data().decode()
    test.assertRegex(xmp, r"pdfaid:part(=\"|>)2")
    test.assertRegex(xmp, r"pdfaid:conformance(=\"|>)B")
    [intent] = catalog["/OutputIntents"]
    test.assertEqual(intent.get_object()["/S"], "/GTS_PDFA1")
    profile = intent.get_object()["/DestOutputProfile"].get_data()
    test.assertEqual((profile[16:20], profile[36:40]), (b"RGB ", b"acsp"))
    test.assertIn("/ID", reader.trailer)
    test.assertNotIn("/Encrypt", reader.trailer)
    test.assertFalse({"/AcroForm", "/Names", "/OCProperties"} & catalog.keys())
    fonts = 0
    for number in sorted({*reader.xref.get(0, ()), *reader.xref.get(1, ()), *reader.xref_objStm} - {0}):
        found = reader.get_object(number)
        if not hasattr(found, "keys"):
            continue
        test.assertFalse(FORBIDDEN & found.keys(), found.keys())
        test.assertNotIn(found.get("/S"), FORBIDDEN)
        test.assertNotEqual(
            found.get("/Interpolate", False), True, "A picture that another program smooths its own way"
        )
        test.assertNotIn(found.get("/ColorSpace") if isinstance(found.get("/ColorSpace"), str) else None, INKS)
        if found.get("/Type") == "/FontDescriptor":
            fonts += 1
            test.assertTrue(found.keys() & {"/FontFile", "/FontFile2", "/FontFile3"}, "A font is not embedded")
        if found.get("/Type") == "/Annot" or found.get("/Subtype") == "/Link":
            test.assertTrue(int(found.get("/F", 0)) & 4, "What is not printed has no place in an archive")
        if found.get("/Subtype") == "/CIDFontType2":
            _same_widths(test, found)
    return reader, fonts


def _same_widths(test, font):
    from fontTools.ttLib import TTFont

    file = TTFont(io.BytesIO(font["/FontDescriptor"]["/FontFile2"].get_data()))
    metrics, names = file["hmtx"].metrics, file.getGlyphOrder()
    first, rest = 0, list(font["/W"])
    while rest:
        first, widths, rest = int(rest[0]), rest[1], rest[2:]
        for place, width in enumerate(widths, start=first):
            real = metrics[names[place]][0] * 1000 / file["head"].unitsPerEm
            test.assertAlmostEqual(float(width), real, delta=1, msg="A width is not the one of its font")
