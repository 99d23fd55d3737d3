// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Testing

@Suite("Paths of link scripts")
struct LinkScriptPathTests {
    @Test(
        "What conda may run when a package is linked or unlinked is found, wherever it stands",
        arguments: [
            ("bin/.zlib-post-link.sh", true), ("bin/.zlib-pre-link.sh", true),
            ("bin/.zlib-pre-unlink.sh", true),
            ("Scripts/.zlib-post-link.bat", true), ("python-scripts/.zlib-post-link.sh", true),
            ("BIN/.ZLIB-POST-LINK.SH", true), ("bin/.a-b-post-link.sh", true), (".zlib-post-link.sh", true),
            ("bin/zlib-post-link.sh", false), ("bin/.zlib-post-link.sh/a", false),
            ("bin/.zlib-post-link.py", false),
            ("bin/.zlib-link.sh", false), ("bin/.zlib-messages.txt", false),
            ("etc/conda/activate.d/zlib.sh", false),
        ]
    )
    func isLinkScript(path: String, expected: Bool) throws {
        #expect(try #require(PrefixPath(path)).isLinkScript == expected)
    }
}
