// Generated from schemas/audit-result.v1alpha1.json by `npm run generate`. Do not edit.

/** An audit as its schema says it, to check what is read: anybody may have written it. */
export const AUDIT_RESULT_SCHEMA = {
 "type": "object",
 "required": [
  "apiVersion",
  "kind",
  "verdict",
  "problems",
  "workloads"
 ],
 "properties": {
  "apiVersion": {
   "type": "string",
   "enum": [
    "portlock.dev/v1alpha1"
   ]
  },
  "kind": {
   "type": "string",
   "enum": [
    "AuditResult"
   ]
  },
  "verdict": {
   "type": "string",
   "enum": [
    "Clean",
    "Findings",
    "Unknown"
   ]
  },
  "problems": {
   "type": "array",
   "items": {
    "type": "object",
    "required": [
     "file",
     "message"
    ],
    "properties": {
     "file": {
      "type": "string"
     },
     "line": {
      "type": "integer",
      "minimum": 1
     },
     "column": {
      "type": "integer",
      "minimum": 1
     },
     "message": {
      "type": "string"
     }
    }
   }
  },
  "workloads": {
   "type": "array",
   "items": {
    "type": "object",
    "required": [
     "kind",
     "namespace",
     "name",
     "declared",
     "declaredRanges",
     "allowed",
     "cuts",
     "policies",
     "enforce",
     "findings"
    ],
    "properties": {
     "kind": {
      "type": "string"
     },
     "namespace": {
      "type": "string"
     },
     "name": {
      "type": "string"
     },
     "file": {
      "type": "string"
     },
     "line": {
      "type": "integer",
      "minimum": 1
     },
     "mode": {
      "type": "string"
     },
     "declared": {
      "type": "array",
      "items": {
       "type": "object",
       "required": [
        "port",
        "protocol",
        "containers"
       ],
       "properties": {
        "port": {
         "type": "integer",
         "minimum": 1,
         "maximum": 65535
        },
        "protocol": {
         "type": "string",
         "enum": [
          "TCP",
          "UDP",
          "SCTP"
         ]
        },
        "containers": {
         "type": "array",
         "items": {
          "type": "string"
         }
        }
       }
      }
     },
     "declaredRanges": {
      "type": "array",
      "items": {
       "type": "object",
       "required": [
        "first",
        "last",
        "protocol"
       ],
       "properties": {
        "first": {
         "type": "integer",
         "minimum": 1,
         "maximum": 65535
        },
        "last": {
         "type": "integer",
         "minimum": 1,
         "maximum": 65535
        },
        "protocol": {
         "type": "string",
         "enum": [
          "TCP",
          "UDP",
          "SCTP"
         ]
        }
       }
      }
     },
     "allowed": {
      "type": "object",
      "required": [
       "verdict"
      ],
      "properties": {
       "verdict": {
        "type": "string",
        "enum": [
         "All",
         "Some",
         "Unknown"
        ]
       },
       "ports": {
        "type": "array",
        "items": {
         "type": "object",
         "required": [
          "first",
          "last",
          "protocol",
          "to"
         ],
         "properties": {
          "first": {
           "type": "integer",
           "minimum": 1,
           "maximum": 65535
          },
          "last": {
           "type": "integer",
           "minimum": 1,
           "maximum": 65535
          },
          "protocol": {
           "type": "string",
           "enum": [
            "TCP",
            "UDP",
            "SCTP"
           ]
          },
          "to": {
           "type": "string",
           "enum": [
            "Everybody",
            "Some"
           ]
          }
         }
        }
       }
      }
     },
     "reachable": {
      "type": "array",
      "items": {
       "type": "object",
       "required": [
        "port",
        "protocol"
       ],
       "properties": {
        "port": {
         "type": "integer",
         "minimum": 1,
         "maximum": 65535
        },
        "protocol": {
         "type": "string",
         "enum": [
          "TCP",
          "UDP",
          "SCTP"
         ]
        }
       }
      }
     },
     "listening": {
      "type": "array",
      "items": {
       "type": "object",
       "required": [
        "port",
        "protocol"
       ],
       "properties": {
        "port": {
         "type": "integer",
         "minimum": 1,
         "maximum": 65535
        },
        "protocol": {
         "type": "string",
         "enum": [
          "TCP",
          "UDP",
          "SCTP"
         ]
        },
        "container": {
         "type": "string"
        },
        "process": {
         "type": "string"
        },
        "image": {
         "type": "string"
        }
       }
      }
     },
     "connected": {
      "type": "array",
      "items": {
       "type": "object",
       "required": [
        "port",
        "protocol",
        "peers"
       ],
       "properties": {
        "port": {
         "type": "integer",
         "minimum": 1,
         "maximum": 65535
        },
        "protocol": {
         "type": "string",
         "enum": [
          "TCP",
          "UDP",
          "SCTP"
         ]
        },
        "peers": {
         "type": "array",
         "items": {
          "type": "string"
         }
        }
       }
      }
     },
     "cuts": {
      "type": "array",
      "items": {
       "type": "object",
       "required": [
        "port",
        "protocol",
        "users",
        "holds"
       ],
       "properties": {
        "port": {
         "type": "string"
        },
        "protocol": {
         "type": "string",
         "enum": [
          "TCP",
          "UDP",
          "SCTP"
         ]
        },
        "users": {
         "type": "array",
         "items": {
          "type": "string"
         }
        },
        "holds": {
         "type": "boolean"
        }
       }
      }
     },
     "policies": {
      "type": "array",
      "items": {
       "type": "object",
       "required": [
        "group",
        "kind",
        "name",
        "effect"
       ],
       "properties": {
        "group": {
         "type": "string"
        },
        "kind": {
         "type": "string"
        },
        "name": {
         "type": "string"
        },
        "effect": {
         "type": "string",
         "enum": [
          "Managed",
          "Widens",
          "Restricts",
          "None",
          "Unknown"
         ]
        },
        "message": {
         "type": "string"
        }
       }
      }
     },
     "enforce": {
      "type": "object",
      "required": [],
      "properties": {
       "applies": {
        "type": "boolean"
       },
       "reason": {
        "type": "string"
       },
       "message": {
        "type": "string"
       },
       "policy": {
        "type": "object"
       }
      }
     },
     "findings": {
      "type": "array",
      "items": {
       "type": "object",
       "required": [
        "id",
        "name",
        "severity",
        "message",
        "fix"
       ],
       "properties": {
        "id": {
         "type": "string"
        },
        "name": {
         "type": "string"
        },
        "severity": {
         "type": "string",
         "enum": [
          "high",
          "medium",
          "low",
          "note"
         ]
        },
        "file": {
         "type": "string"
        },
        "line": {
         "type": "integer",
         "minimum": 1
        },
        "message": {
         "type": "string"
        },
        "fix": {
         "type": "string"
        },
        "patch": {
         "type": "string"
        }
       }
      }
     }
    }
   }
  }
 }
} as const;
