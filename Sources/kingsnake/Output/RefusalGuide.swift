// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// The refusal codes as a document: `docs/refusals.md`, and one code as `kingsnake explain CODE` shows it.
enum RefusalGuide {
    /// The whole document, in Markdown.
    static var markdown: String {
        var text = """
            # Refusal codes

            <!-- Made by `kingsnake explain --markdown`; a test compares. Change the code's entry, not this file. -->

            When evidence is bad, Kingsnake refuses and says so by one of these codes. They are public contract:
            `--json` carries them, and a code never changes its meaning. The exit status tells the sort:
            1 refused by policy, 3 invalid (tampering suspected), 4 missing, 5 stale.

            """
        for area in RefusalCatalog.areas {
            text += "\n## \(area.title)\n"
            for code in area.codes {
                let entry = code.entry
                text += """

                    ### `\(code.rawValue)`

                    **\(entry.summary)** (\(entry.kind.rawValue), exit status \(entry.kind.exitStatus)).
                    \(entry.explanation)
                    *What to do:* \(entry.remedy).

                    """
            }
        }
        return text
    }

    /// One code, for a terminal.
    static func lines(for code: any RefusalCode) -> [String] {
        let entry = code.entry
        return [
            code.rawValue, "  what      \(entry.summary)",
            "  sort      \(entry.kind.rawValue) (exit status \(entry.kind.exitStatus))",
            "  meaning   \(entry.explanation)", "  to do     \(entry.remedy)",
        ]
    }
}
