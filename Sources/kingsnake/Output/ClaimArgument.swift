// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import TrustCore
import TrustPolicy

/// `NAME=VALUE`, where NAME is a claim of a certificate.
enum ClaimArgument {
    static func parse(_ arguments: [String]) throws -> JSONObject {
        var claims = JSONObject()
        for argument in arguments {
            guard let mark = argument.firstIndex(of: "="),
                CertificateClaim(rawValue: String(argument[..<mark])) != nil,
                claims.insert(String(argument[..<mark]), .string(String(argument[mark...].dropFirst())))
            else {
                let names = CertificateClaim.allCases.map(\.rawValue).joined(separator: ", ")
                throw ValidationError(
                    "--claim: `\(argument)`: expected NAME=VALUE, each name once, of these: \(names)"
                )
            }
        }
        return claims
    }
}
