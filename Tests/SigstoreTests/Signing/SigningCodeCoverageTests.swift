// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TestSupport
import Testing
import TrustCore

@testable import Sigstore

/// That each of them is provoked is shown by ``ServiceAnswersTests``, whose table must name them all.
@Suite("Every refusal of signing has an answer that provokes it")
struct SigningCodeCoverageTests {
    @Test("The table of wrong answers has it", arguments: SigningCode.allCases)
    func code(_ code: SigningCode) {
        #expect(ServiceAnswersTests.fulcio.contains { $0.code == code.rawValue })
    }

    @Test("Every code says what, why, and what to do", arguments: SigningCode.allCases)
    func entry(_ code: SigningCode) {
        #expect(code.defects(in: "signing.").isEmpty)
    }
}
