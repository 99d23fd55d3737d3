// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Testing

@testable import ChannelServer

@Suite("The stylesheet")
struct StylesheetTests {
    @Test("It has a rule for each class that pages use, and for no other; and loads nothing")
    func classes() {
        let names = Set(
            Stylesheet.text.matches(of: /\.([a-z][A-Za-z]*)(?=[ ,:{.>+\n])/).map { String($0.output.1) }
        )
        #expect(names == Set(Style.allCases.map(\.rawValue)))
        for word in ["url(", "@import", "http", "expression", "behavior"] {
            #expect(!Stylesheet.text.contains(word))
        }
    }

    @Test(
        "Text has the contrast that WCAG 2.2 AA demands on every ground it stands on, in both schemes",
        arguments: [0, 1]
    )
    func contrast(scheme: Int) throws {
        let blocks = Stylesheet.text.components(of: ":root {")
        let colours = Dictionary(
            try #require(blocks.count == 3 ? blocks[scheme + 1] : nil).matches(
                of: /--([a-z-]+): #([0-9a-f]{6});/
            )
            .map { (String($0.output.1), String($0.output.2)) }
        ) { first, _ in first }
        let pairs = [
            ("ink", "paper"), ("ink", "raised"), ("ink", "tint"), ("soft", "paper"), ("soft", "raised"),
            ("soft", "tint"),
            ("link", "paper"), ("link", "raised"), ("paper", "ink"), ("paper", "link"), ("good", "good-tint"),
            ("calm", "calm-tint"), ("warn", "warn-tint"), ("bad", "bad-tint"),
        ]
        for (text, ground) in pairs {
            let ratio = Self.ratio(try #require(colours[text]), try #require(colours[ground]))
            #expect(ratio >= 4.5, "\(text) on \(ground): \(ratio)")
        }
        // Edges of fields and marks of the timeline: 3 to 1 (1.4.11).
        for edge in ["edge", "good", "calm", "link"] {
            #expect(Self.ratio(try #require(colours[edge]), try #require(colours["paper"])) >= 3, "\(edge)")
        }
    }

    private static func ratio(_ one: String, _ other: String) -> Double {
        let both = [luminance(one), luminance(other)].sorted()
        return (both[1] + 0.05) / (both[0] + 0.05)
    }

    /// WCAG's relative luminance.
    private static func luminance(_ colour: String) -> Double {
        let value = Int(colour, radix: 16) ?? 0
        let parts = [16, 8, 0].map { shift -> Double in
            let part = Double((value >> shift) & 255) / 255
            return part <= 0.03928 ? part / 12.92 : Self.power((part + 0.055) / 1.055)
        }
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
    }

    /// To the power of 2.4: the fifth root of the twelfth power, by Newton's method.
    private static func power(_ base: Double) -> Double {
        let twelfth = (0..<12).reduce(1.0) { result, _ in result * base }
        guard twelfth > 0 else { return 0 }
        var root = base
        for _ in 0..<100 {
            root -= (root * root * root * root * root - twelfth) / (5 * root * root * root * root)
        }
        return root
    }
}

extension String {
    fileprivate func components(of separator: String) -> [String] {
        split(separator: separator, omittingEmptySubsequences: false).map(String.init)
    }
}
