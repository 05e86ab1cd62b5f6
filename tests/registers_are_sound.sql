{#- Warns where a register row governs nothing: it points nowhere or contradicts itself. -#}
{{ config(severity='warn', store_failures=true) }}

select * from {{ ref('quarantine_registers') }}
